-- Local and multiple assignment, scopes, evaluation order, logical operators.

local a, b, c = 1, 2
assert(a == 1 and b == 2 and c == nil)
a, b = b, a
assert(a == 2 and b == 1)
a, b, c = 1
assert(a == 1 and b == nil and c == nil)
a, b = 1, 2, 3
assert(a == 1 and b == 2)

-- all is evaluated before anything is assigned
local i, t = 1, {}
i, t[i] = i + 1, 20
assert(i == 2 and t[1] == 20 and t[2] == nil)
local x, y, z = 1, 2, 3
x, y, z = z, x, y
assert(x == 3 and y == 1 and z == 2)
t = { 1, 2 }
t[1], t[2] = t[2], t[1]
assert(t[1] == 2 and t[2] == 1)
do
  local u = {}
  local v = u
  u.next, u = 1, 2
  assert(v.next == 1 and u == 2)
end
local function two() return 1, 2 end
a, b, c = 0, two()
assert(a == 0 and b == 1 and c == 2)
a, b, c = two(), 10
assert(a == 1 and b == 10 and c == nil)

-- scopes
local outer = 1
do
  local outer = outer + 1
  assert(outer == 2)
  local outer = outer * 10
  assert(outer == 20)
end
assert(outer == 1)
local function shadow(outer) outer = outer or "none" return outer end
assert(shadow() == "none" and shadow(2) == 2 and outer == 1)
if true then local outer = 5 end
assert(outer == 1)

-- and, or, not
assert((nil and 1) == nil and (false and 1) == false and (1 and 2) == 2 and (nil or 1) == 1)
assert((1 or 2) == 1)
assert((false or nil) == nil and not nil == true and not 0 == false and (1 and nil or 3) == 3)
assert((nil and nil or false) == false and 1 < 2 and 2 < 3 and not (1 == 2 or 2 == 3))
local calls = 0
local function called() calls = calls + 1 return true end
local _ = false and called()
_ = true or called()
assert(calls == 0)
_ = true and called() and (false or called())
assert(calls == 2)
local function pick(p, q, r) return p and q or r end
assert(pick(true, 1, 2) == 1 and pick(false, 1, 2) == 2 and pick(true, false, 2) == 2)
local n = nil
n = n or 10
assert(n == 10 and (n == 10 and "ten" or "other") == "ten")

-- precedence and associativity
assert(2 + 3 * 4 == 14 and (2 + 3) * 4 == 20 and 2 * 3 % 4 == 2 and 2 ^ 3 ^ 2 == 512)
assert(-3 ^ 2 == -9)
assert(not 1 == 2 == false and not (1 == 2) and 1 .. 2 .. 3 == "123" and 10 - 3 - 2 == 5)
assert(2 ^ -1 == 0.5)
assert(1 + 1 .. "" == "2" and "a" < "b" == true and #"abc" + 1 == 4 and -"2" == -2 and - - 3 == 3)
assert(8 // 3 * 2 == 4 and 1 or error("never") and not not nil == false)

-- globals are declared by assigning them in the main chunk
declared = 1
local function change() declared = declared + 1 end
change()
assert(declared == 2 and rawget(_ENV, "declared") == 2)
local name = ("never"):upper()
local function undeclared() _ENV[name] = 1 end
assert(not pcall(undeclared) and not pcall(function() return _ENV[name] end))
local own = { w = 5 }
do
  local _ENV = own
  v = w + 1
end
assert(own.v == 6)

-- semicolons and empty statements
;;; local s = 1; ; assert(s == 1);
do end do local d = 1; assert(d == 1) end
