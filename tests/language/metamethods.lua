-- Metamethods, all of them.

local log = {}
local function note(name)
  return function(a, b)
    log[#log + 1] = name
    return name, a, b
  end
end
local meta = {}
for _, name in ipairs({
  "add", "sub", "mul", "div", "mod", "pow", "unm", "idiv", "band", "bor", "bxor", "bnot", "shl",
  "shr", "concat", "len",
}) do
  meta["__" .. name] = note(name)
end
local a, b = setmetatable({}, meta), setmetatable({}, meta)

assert(a + b == "add" and a + 1 == "add" and 1 + a == "add" and a + "x" == "add" and a - b == "sub")
assert(a * 2 == "mul" and 2 / a == "div" and a % 3 == "mod" and a ^ b == "pow" and -a == "unm")
assert(a // 1 == "idiv" and a & 1 == "band" and 1 | a == "bor" and a ~ b == "bxor" and ~a == "bnot")
assert(a << 1 == "shl" and 1 >> a == "shr" and a .. "x" == "concat" and 1 .. a == "concat")
assert(#a == "len")
assert(a & 1.5 == "band" and "x" | a == "bor" and {} + a == "add" and nil .. a == "concat")
assert(#log == 24)

-- which operand's, and with which arguments
local left = setmetatable({}, { __add = function(x, y) return "left", x, y end })
local right = setmetatable({}, { __add = function(x, y) return "right", x, y end })
assert(left + right == "left" and 1 + right == "right" and right + left == "right")
local order
local seen = setmetatable({}, { __sub = function(x, y) order = { x, y } end })
local _ = 5 - seen
assert(order[1] == 5 and order[2] == seen)
_ = -setmetatable({}, { __unm = function(x, y) order = rawequal(x, y) end })
assert(order == true)

-- comparison
local number = {}
number.__index = number
local function new(n) return setmetatable({ n = n }, number) end
number.__eq = function(x, y) return x.n == y.n end
number.__lt = function(x, y) return (x.n or x) < (y.n or y) end
number.__le = function(x, y) return x.n <= y.n end
assert(new(1) == new(1) and new(1) ~= new(2) and new(1) < new(2) and new(2) >= new(1))
assert(new(1) <= new(1))
assert(not (new(1) < new(1)) and not (new(2) <= new(1)) and new(2) > new(1) and new(1) ~= 1)
local only_lt = setmetatable({}, { __lt = function() return true end })
assert(not pcall(function() return only_lt <= only_lt end) and only_lt < only_lt)
assert(setmetatable({}, { __eq = function() return 1 end }) == setmetatable({}, {}) == true)
assert(not rawequal(new(1), new(1)) and ({} == {}) == false)
local same = new(1)
assert(same == same)

-- __concat in a chain
local cat = setmetatable({}, { __concat = function(x, y)
  return (type(x) == "table" and "T" or x) .. "|" .. (type(y) == "table" and "T" or y)
end })
assert("a" .. "b" .. cat == "a|b|T" or "ab" .. cat == "ab|T")
assert(cat .. "a" .. "b" == "T|ab" and cat .. cat == "T|T" and 1 .. cat == "1|T")

-- __index and __newindex: functions, tables, chains
local base = { x = 1, f = function(self) return self.y end }
local derived = setmetatable({ y = 2 }, { __index = base })
local last = setmetatable({ z = 3 }, { __index = derived })
assert(last.x == 1 and last.y == 2 and last.z == 3 and last:f() == 2 and last.none == nil)
last.x = 10
assert(last.x == 10 and base.x == 1 and rawget(derived, "x") == nil)
local got = {}
local spy = setmetatable({}, {
  __index = function(t, k) got[#got + 1] = k return k end,
  __newindex = function(t, k, v) rawset(t, k, v * 2) end,
})
assert(spy.abc == "abc" and spy[1] == 1 and spy[nil] == nil and #got == 2)
spy.n = 4
assert(spy.n == 8)
spy.n = 5
assert(spy.n == 5)
local target = {}
local redirect = setmetatable({}, { __newindex = target })
redirect.x = 1
assert(rawget(redirect, "x") == nil and target.x == 1)
local t = setmetatable({}, { __index = function(_, k) return "v" .. tostring(k) end })
assert(t.x == "vx" and t[1] == "v1" and t[1.5] == "v1.5" and t[true] == "vtrue")
assert(("x").rep == string.rep and not pcall(function() return (1).x end))

-- __call
local callable = setmetatable({}, {
  __call = function(self, ...) return self, select("#", ...), ... end,
})
local self, n, first = callable("a", "b")
assert(self == callable and n == 2 and first == "a" and callable() == callable)
assert(pcall(callable) and select("#", callable(nil, nil)) == 4)
local twice = setmetatable({}, { __call = callable })
assert(select(2, twice(1)) == 2)
local function tail(...) return callable(...) end
assert(select(2, tail(1, 2, 3)) == 3)

-- __len, __tostring, __name, __metatable, __pairs
assert(#setmetatable({ 1, 2 }, { __len = function() return "many" end }) == "many")
assert(tostring(setmetatable({}, { __tostring = function() return "me" end })) == "me")
assert(tostring(setmetatable({}, { __name = "thing" })) == "thing")
local sealed = setmetatable({}, { __metatable = "sealed" })
assert(getmetatable(sealed) == "sealed" and not pcall(setmetatable, sealed, {}))
assert(getmetatable({}) == nil and getmetatable("") == false)
local keys = {}
for k, v in pairs(setmetatable({}, { __pairs = function(x) return next, { a = 1 }, nil end })) do
  keys[#keys + 1] = k .. v
end
assert(keys[1] == "a1" and #keys == 1)

-- inheritance made of all that
local Account = {}
Account.__index = Account
function Account.new(balance) return setmetatable({ balance = balance }, Account) end
function Account:deposit(amount) self.balance = self.balance + amount return self end
Account.__add = function(x, y) return Account.new(x.balance + y.balance) end
Account.__tostring = function(x) return "balance " .. x.balance end
local sum = Account.new(1):deposit(2) + Account.new(10)
assert(tostring(sum) == "balance 13" and sum:deposit(1).balance == 14)

-- a metatable that changes
local m = {}
local changing = setmetatable({}, m)
assert(not pcall(function() return changing + 1 end))
m.__add = function() return "now" end
assert(changing + 1 == "now")
m.__add = nil
assert(not pcall(function() return changing + 1 end) and setmetatable(changing, nil) == changing)
assert(getmetatable(changing) == nil)
