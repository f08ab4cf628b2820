-- Errors: what they say, where they are, and how they are caught.

local function message(f, ...)
  local ok, why = pcall(f, ...)
  assert(not ok)
  return why
end
local function says(text, f, ...)
  local why = message(f, ...)
  assert(tostring(why):find(text, 1, true), why)
end

-- variables are named
local t, up = {}, nil
says("attempt to index a nil value (field 'x')", function() return t.x.y end)
says("attempt to index a nil value (upvalue 'up')", function() return up.x end)
says("attempt to index a nil value", function() local loc return loc.x end)
says("attempt to call a nil value (field 'x')", function() t.x() end)
says("attempt to call a nil value (method 'm')", function() t:m() end)
says("attempt to call a table value (upvalue 't')", function() t() end)
says("attempt to call a number value", function() (1)() end)
says("attempt to perform arithmetic on a nil value (field 'x')", function() return t.x + 1 end)
says("attempt to perform arithmetic on a table value (upvalue 't')", function() return 1 - t end)
says("string", function() return "a" + 1 end)
says("attempt to concatenate a table value (upvalue 't')", function() return "x" .. t end)
says("attempt to concatenate a nil value (field 'y')", function() return t.y .. "x" end)
says("attempt to compare two table values", function() return t < {} end)
says("attempt to compare number with string", function() return 1 < "2" end)
says("attempt to compare nil with number", function() return up <= 1 end)
says("attempt to get length of a nil value (upvalue 'up')", function() return #up end)
says("attempt to perform bitwise operation on a string value", function() return "a" | 1 end)
says("bitwise operation on a table value (upvalue 't')", function() return t & 1 end)
says("number has no integer representation", function() return 1.5 & 1 end)
says("index is nil", function() t[nil] = 1 end)
says("index is NaN", function() t[0 / 0] = 1 end)

-- arguments
says("bad argument #1 to 'sub' (string expected, got table)", function() string.sub({}) end)
says("bad argument #2 to 'rep' (number expected, got no value)", function() string.rep("x") end)
says("bad argument #1 to 'rep' (number expected, got string)", function() ("x"):rep("y") end)
says("bad argument #1 to 'floor' (number expected, got nil)", function() math.floor(nil) end)
says("number has no integer representation", function() ("x"):rep(1.5) end)
says("bad argument #1 to 'ipairs'", function() ipairs() end)
says("bad argument #2 to 'setmetatable'", function() setmetatable({}, 1) end)

-- positions
local function at(level) error("here", level) end
assert(message(at):find("^test.lua:%d+: here$") and message(at, 1) == message(at))
assert(message(at, 0) == "here")
local function line_of(f) return tonumber(tostring(message(f)):match("^test.lua:(%d+):")) end
local here = line_of(function() error("x") end)
assert(line_of(function()
  error("x") end) == here + 2)
assert(line_of(function()

  local x = t.
    y.z
  return x
end) == here + 6)
local caller = line_of(function()
  at(2)
end)
assert(caller == here + 10)

-- values that are errors
local object = {}
assert(message(error, object) == object and message(error) == nil and message(error, nil) == nil)
assert(message(error, 42) == 42 and message(error, true) == true)
assert(message(error, setmetatable({}, { __tostring = function() return "mine" end })) ~= nil)

-- assert
assert(assert(1, "x") == 1 and select("#", assert(1, 2, 3)) == 3)
says("assertion failed!", assert, false)
says("why", assert, nil, "why")
assert(message(assert, false, object) == object)
says("bad argument #1", assert)

-- pcall
assert(pcall(function() return 1 end) and select("#", pcall(function() return 1, 2, 3 end)) == 4)
assert(select(2, pcall(pcall, error, "x")) == false and select(3, pcall(pcall, error, "x")) == "x")
assert(not pcall(nil) and not pcall(42) and not pcall(pcall))
local deep = 0
local function nest(n)
  if n == 0 then error("bottom", 0) end
  local ok, why = pcall(nest, n - 1)
  deep = deep + 1
  error(why, 0)
end
assert(message(nest, 20) == "bottom" and deep == 20)

-- xpcall
local function handler(m) return "handled " .. tostring(m) end
local ok, why = xpcall(error, handler, "x", 0)
assert(not ok and why == "handled x")
ok, why = xpcall(function(...) return select("#", ...) end, handler, 1, 2, 3)
assert(ok and why == 3 and not pcall(xpcall, error))
ok, why = xpcall(function() local _ = nil + 1 end, function(m) return { m } end)
assert(not ok and type(why) == "table" and why[1]:find("arithmetic"))
local levels = {}
ok = xpcall(function() nest(2) end, function(m) levels[#levels + 1] = m return m end)
assert(not ok and #levels == 1)

-- errors in handlers come to an end
ok = xpcall(error, function(m) error(m) end, "x")
assert(not ok)

-- a loop of errors leaves nothing behind
for i = 1, 1000 do assert(message(error, i) == i) end

-- too deep is an error too
local function endless(s) return (s:gsub(".", endless)) end
says("C stack overflow", endless, "x")
