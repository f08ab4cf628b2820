-- Numeric and generic for, while, repeat.

local min, max = math.mininteger, math.maxinteger

local function list(a, b, c)
  local t = {}
  for i = a, b, c or 1 do
    t[#t + 1] = i
    if #t > 20 then break end
  end
  return table.concat(t, " ")
end

-- integers
assert(list(1, 3) == "1 2 3" and list(3, 1) == "" and list(3, 1, -1) == "3 2 1")
assert(list(1, 1) == "1")
assert(list(1, 10, 4) == "1 5 9" and list(10, 1, -4) == "10 6 2" and list(0, 0, -1) == "0")
assert(list(1, 3.9) == "1 2 3" and list(-1, -3.9, -1) == "-1 -2 -3" and list(1, 0.9) == "")
assert(list(max - 1, max) == max - 1 .. " " .. max)
assert(list(min + 1, min, -1) == min + 1 .. " " .. min)
assert(list(max, max) == tostring(max) and list(min, min) == tostring(min))
assert(list(max, max, 5) == tostring(max))
local step = 1 << 61
assert(list(1, math.huge, step) == ("1 %d %d %d"):format(1 + step, 1 + 2 * step, 1 + 3 * step))
assert(list(1, -math.huge) == "" and list(max - 2, math.huge, 2) == max - 2 .. " " .. max)
assert(list(min, max, max) == min .. " -1 " .. max - 1 and list(1, 0 / 0) == "")

-- floats
assert(list(1.0, 3) == "1.0 2.0 3.0" and list(1, 2, 0.5) == "1.0 1.5 2.0")
assert(list(0.1, 0.35, 0.1) == "0.1 0.2 0.3")
assert(list(3, 1, -0.5) == "3.0 2.5 2.0 1.5 1.0")
assert(list(1.0, 0 / 0) == "1.0")

-- the control variable is a copy
local n = 0
for i = 1, 3 do
  n = n + i
  i = 100
end
assert(n == 6)

-- what is evaluated once
local calls = 0
local function limit() calls = calls + 1 return 5 end
for _ = 1, limit() do end
assert(calls == 1)

-- errors
local function fails(message, f)
  local ok, why = pcall(f)
  assert(not ok and why:find(message, 1, true), message)
end
fails("'for' step is zero", function() for _ = 1, 2, 0 do end end)
fails("'for' step is zero", function() for _ = 1.0, 2, 0.0 do end end)
fails("'for' initial", function() for _ = print, 2 do end end)
fails("'for' limit", function() for _ = 1, {} do end end)
fails("'for' step", function() for _ = 1, 2, "x" do end end)
fails("attempt to call a nil value", function() for _ in nil do end end)
fails("attempt to call a table value", function() for _ in {} do end end)

-- generic
local function range(count)
  local function iterator(state, i)
    if i < state then return i + 1, i * i end
  end
  return iterator, count, 0
end
n = 0
for i, square in range(4) do n = n + i * 100 + square end
assert(n == 1000 + 14)
local order = {}
for k, v, extra in function(s, c) if c < 2 then return c + 1, s end end, "s", 0 do
  order[#order + 1] = k .. v .. tostring(extra)
end
assert(table.concat(order, " ") == "1snil 2snil")
for _ in setmetatable({}, { __call = function() return nil end }) do error("never") end

-- the closing value
local closed = 0
local closing = setmetatable({}, { __close = function() closed = closed + 1 end })
for i in function(_, c) if c < 3 then return c + 1 end end, nil, 0, closing do n = i end
assert(closed == 1 and n == 3)
for _ in function() return 1 end, nil, nil, closing do break end
assert(closed == 2)
pcall(function() for _ in function() return 1 end, nil, nil, closing do error("x") end end)
assert(closed == 3)
local function inside() for _ in function() return 1 end, nil, nil, closing do return "out" end end
assert(inside() == "out" and closed == 4)

-- while and repeat
n = 10
while n > 0 do n = n - 3 end
assert(n == -2)
repeat
  local stop = n >= 5
  n = n + 1
until stop
assert(n == 6)
while false do error("never") end
while n do n = nil end
