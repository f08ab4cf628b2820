-- Variable arguments, multiple results, adjustment.

local function count(...) return select("#", ...) end
local function pass(...) return ... end
local function none() end

assert(count() == 0 and count(nil) == 1 and count(nil, nil) == 2 and count(pass()) == 0)
assert(count(pass(1, 2, 3)) == 3 and count(pass(1, 2, 3), 4) == 2 and count((pass(1, 2, 3))) == 1)
assert(count((pass())) == 1 and count(none()) == 0 and count(none(), none()) == 1)
assert(count((none())) == 1)

assert(select(2, "a", "b", "c") == "b" and select(-1, "a", "b", "c") == "c")
assert(count(select(4, 1, 2, 3)) == 0)
assert(count(select(2, 1, 2, 3)) == 2 and not pcall(select, 0) and not pcall(select, -1))
assert(not pcall(select, -5, 1))

local function first(a, ...) return a, ... end
local a, b, c = first(1, 2)
assert(a == 1 and b == 2 and c == nil)
a, b, c = (first(1, 2))
assert(a == 1 and b == nil)
a, b, c = first(1, 2), 10
assert(a == 1 and b == 10 and c == nil)
a, b, c = 0, first(1, 2)
assert(a == 0 and b == 1 and c == 2)

local function named(x, y, ...)
  local z, w = ...
  return x, y, z, w, select("#", ...)
end
local t = { named(1) }
assert(t[1] == 1 and t[5] == 0)
t = { named(1, 2, 3, 4, 5) }
assert(t[2] == 2 and t[3] == 3 and t[4] == 4 and t[5] == 3)

local function sum(...)
  local n = 0
  for _, v in ipairs({ ... }) do n = n + v end
  return n
end
assert(sum() == 0 and sum(1, 2, 3) == 6 and sum(table.unpack({ 1, 2, 3, 4 })) == 10)
local function wrap(...)
  local args = table.pack(...)
  return function() return table.unpack(args, 1, args.n) end
end
assert(count(wrap(nil, nil, nil)()) == 3 and select(3, wrap(1, 2, 3)()) == 3)

local many = {}
for i = 1, 250 do many[i] = i end
assert(count(table.unpack(many)) == 250 and select(250, table.unpack(many)) == 250)
assert(#{ table.unpack(many) } == 250 and sum(table.unpack(many)) == 250 * 251 // 2)

-- varargs in a tail call, in a method, in the main chunk
local function tail(n, ...)
  if n == 0 then return ... end
  return tail(n - 1, n, ...)
end
assert(count(tail(50)) == 50 and tail(3) == 1)
local object = { f = function(self, ...) return self.n, ... end, n = "me" }
assert(count(object:f(1, 2)) == 3 and object:f() == "me")
assert(select("#", ...) == 1 and ... == "test")

-- calls without parentheses
local function id(x) return x end
assert(id "text" == "text" and (id { 1 })[1] == 1 and id [[long]] == "long")
assert(("x"):rep(2) == "xx")
assert(#id { 1, 2 } == 2 and type(id {}) == "table")

-- extra arguments are dropped, missing ones are nil
assert((function(x, y) return y end)(1) == nil and (function(x) return x end)(1, 2, 3) == 1)
