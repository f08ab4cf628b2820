-- Constants and to-be-closed variables.

local function closer(f) return setmetatable({}, { __close = f }) end

-- order, and what __close is told
local order = {}
do
  local a <close> = closer(function(_, e) order[#order + 1] = "a" .. tostring(e) end)
  local b <close> = closer(function(_, e) order[#order + 1] = "b" .. tostring(e) end)
  local c <const> = 1
  local n <close> = nil
  local f <close> = false
  assert(a ~= b and c == 1 and not n and not f)
end
assert(table.concat(order, " ") == "bnil anil")

-- on every way out
local closed
local function reset() closed = 0 return closer(function() closed = closed + 1 end) end
local function by_return() local _ <close> = reset() return closed end
assert(by_return() == 0 and closed == 1)
for _ = 1, 3 do
  local _ <close> = reset()
  break
end
assert(closed == 1)
do
  local x <close> = reset()
  goto out
  ::inside::
end
::out::
assert(closed == 1)
local ok, why = pcall(function()
  local _ <close> = reset()
  error("x", 0)
end)
assert(not ok and why == "x" and closed == 1)
for _ = 1, 5 do
  local _ <close> = reset()
end
assert(closed == 1)

-- returned values are kept while it closes
local function results()
  local _ <close> = closer(function() local _ = { 1, 2, 3 } return "lost" end)
  return 1, 2, 3
end
assert(select("#", results()) == 3 and results() == 1)

-- errors: what is raised while closing replaces what was raised before
local told = {}
ok, why = pcall(function()
  local _ <close> = closer(function(_, e) told[#told + 1] = e error("third", 0) end)
  local _ <close> = closer(function(_, e) told[#told + 1] = e error("second", 0) end)
  error("first", 0)
end)
assert(not ok and why == "third" and told[1] == "first" and told[2] == "second")
ok, why = pcall(function()
  local _ <close> = closer(function() error("in close", 0) end)
  return 1
end)
assert(not ok and why == "in close")
told = {}
ok, why = pcall(function()
  local _ <close> = closer(function(_, e) told[#told + 1] = tostring(e) end)
  local _ <close> = closer(function(_, e) told[#told + 1] = tostring(e) error("new", 0) end)
end)
assert(not ok and why == "new" and told[1] == "nil" and told[2] == "new")

-- what cannot be closed
ok, why = pcall(function() local x <close> = {} return x end)
assert(not ok and why:find("closable value"))
ok, why = pcall(function() local x <close> = 42 return x end)
assert(not ok and why:find("closable value"))

-- no tail call while something is to be closed
local depth = 0
local function not_tail(n)
  local _ <close> = closer(function() depth = depth + 1 end)
  if n > 0 then return not_tail(n - 1) end
end
not_tail(20)
assert(depth == 21)

-- closures over it keep it
local kept
do
  local x <close> = closer(function(self) self.closed = true end)
  kept = function() return x end
end
assert(kept().closed)

-- a metatable taken off in time is noticed
ok, why = pcall(function()
  local x <close> = closer(function() end)
  setmetatable(x, nil)
end)
assert(not ok and why:find("metamethod 'close'"))

-- constants are no variables
local limit <const>, text <const> = 10, "t"
local function use() return limit + #text end
assert(use() == 11)
