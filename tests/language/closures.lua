-- Closures and upvalues.

-- every turn of a loop has its own variable
local fs = {}
for i = 1, 3 do fs[i] = { get = function() return i end, set = function(x) i = x end } end
fs[1].set(10)
assert(fs[1].get() == 10 and fs[2].get() == 2 and fs[3].get() == 3)
fs = {}
for i, v in ipairs({ "a", "b" }) do fs[i] = function() v = v .. i return v end end
assert(fs[1]() == "a1" and fs[1]() == "a11" and fs[2]() == "b2")
fs = {}
local n = 0
while n < 3 do
  n = n + 1
  local own = n
  fs[n] = function() own = own + 1 return own end
end
assert(fs[1]() == 2 and fs[1]() == 3 and fs[2]() == 3 and fs[3]() == 4)
fs = {}
n = 0
repeat
  local x = n
  fs[n] = function() return x end
  n = n + 1
until x >= 2
assert(fs[0]() == 0 and fs[2]() == 2)

-- shared among closures of one scope
local function counter()
  local c = 0
  return function() c = c + 1 return c end, function() return c end
end
local up, now = counter()
local up2, now2 = counter()
assert(up() == 1 and up() == 2 and now() == 2 and up2() == 1 and now() == 2 and now2() == 1)

-- through several levels, and after the scope is gone
local function outer(a)
  return function(b)
    return function(c)
      a = a + 1
      return a + b + c
    end
  end
end
local f = outer(1)(10)
assert(f(100) == 112 and f(100) == 113 and outer(1)(1)(1) == 4)

-- recursion
local function fact(k) return k == 0 and 1 or k * fact(k - 1) end
assert(fact(10) == 3628800)
local even, odd
function even(k) return k == 0 or odd(k - 1) end
function odd(k) return k ~= 0 and even(k - 1) end
assert(even(100) and not odd(100) and even(1000))
local Y = function(g)
  return (function(x) return x(x) end)(function(x) return g(function(...) return x(x)(...) end) end)
end
local by_y = Y(function(self)
  return function(k) return k == 0 and 1 or k * self(k - 1) end
end)
assert(by_y(5) == 120)

-- parameters as upvalues, assigned
local function adder(x)
  local function add(y) x = x + y return x end
  return add
end
local add = adder(5)
assert(add(1) == 6 and add(1) == 7 and adder(5)(1) == 6)

-- a scope left by break, goto and return closes its variables
fs = {}
for i = 1, 10 do
  local x = i
  fs[#fs + 1] = function() return x end
  if i == 3 then break end
end
assert(#fs == 3 and fs[3]() == 3 and fs[1]() == 1)
fs = {}
do
  local i = 1
  ::again::
  local x = i * 10
  fs[i] = function() x = x + 1 return x end
  i = i + 1
  if i <= 3 then goto again end
end
assert(fs[1]() == 11 and fs[1]() == 12 and fs[2]() == 21 and fs[3]() == 31)
local function early(x)
  local g = function() return x end
  if x then return g, function(y) x = y end end
end
local get, set = early(1)
set(5)
assert(get() == 5)

-- as many upvalues as are used, and functions as values
local a1, a2, a3, a4, a5 = 1, 2, 3, 4, 5
local all = function() a1, a5 = a5, a1 return a1 + a2 * a3 - a4 + a5 end
assert(all() == 5 + 6 - 4 + 1 and a1 == 5 and a5 == 1)
local function compose(g, h) return function(...) return g(h(...)) end end
assert(compose(tostring, math.max)(1, 5, 3) == "5")
local t = {}
function t.a() return "a" end
function t:b(x) return self == t and x end
t.c = { d = {} }
function t.c.d.e(x) return x end
assert(t.a() == "a" and t:b(1) == 1 and t.b(t, 2) == 2 and t.c.d.e(3) == 3 and t.a ~= t.b)
