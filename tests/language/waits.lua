-- Coroutines as the host uses them: an entry point waits anywhere in Lua code, and goes on.
local timer = require "timer"

local function wait(value)
  timer.sleep(0.01)
  return value
end

local function calls_and_loops()
  local sum = 0
  for i = 1, 5 do sum = sum + wait(i) end
  for _, v in ipairs({ 1, 2, 3 }) do sum = sum + wait(v) end
  for v in function(_, last) return wait((last or 0) < 3 and (last or 0) + 1 or nil) end do
    sum = sum + v
  end
  while wait(sum) < 100 do sum = sum + 50 end
  repeat sum = sum - 1 until wait(true)
  assert(sum == 15 + 6 + 6 + 100 - 1, sum)
  local a, b, c = (function(...) return wait(1), ... end)(2, 3)
  assert(a == 1 and b == 2 and c == 3)
  assert(select("#", table.unpack({ wait(1), wait(2), wait(3) })) == 3)
end

local function protected()
  assert(pcall(wait, 1) and select(2, pcall(wait, 7)) == 7)
  assert(select(3, pcall(pcall, wait, 7)) == 7)
  local ok, why = pcall(function()
    wait()
    error("after", 0)
  end)
  assert(not ok and why == "after")
  ok, why = xpcall(function(x)
    wait()
    error(x, 0)
  end, function(m) return "handled " .. m end, "x")
  assert(not ok and why == "handled x")
  assert(not pcall(function() pcall(wait) error("out") end))
end

local function metamethods()
  local meta = {}
  local function new(n) return setmetatable({ n = n }, meta) end
  meta.__add = function(a, b) return wait(new(a.n + b.n)) end
  meta.__eq = function(a, b) return wait(a.n == b.n) end
  meta.__lt = function(a, b) return wait(a.n < b.n) end
  meta.__le = function(a, b) return wait(a.n <= b.n) end
  meta.__concat = function(a, b)
    local function text(x) return type(x) == "table" and x.n or x end
    return wait(text(a) .. "|" .. text(b))
  end
  meta.__len = function(a) return wait(a.n) end
  meta.__unm = function(a) return wait(new(-a.n)) end
  meta.__call = function(_, x) return wait(x) end
  meta.__index = function(_, key) return wait("got " .. key) end
  meta.__newindex = function(t, key, value) rawset(t, key, wait(value)) end
  assert((new(1) + new(2)).n == 3 and new(1) == new(1) and new(1) ~= new(2) and new(1) < new(2))
  assert(new(1) <= new(1) and not (new(2) <= new(1)) and new(1) .. "x" == "1|x" and #new(5) == 5)
  assert((-new(3)).n == -3 and new(1)("called") == "called" and new(1).key == "got key")
  local t = new(1)
  t.x = 5
  assert(t.x == 5)
  if new(2) < new(1) then error("no") elseif new(1) == new(1) then t = nil end
  assert(t == nil and ("a" .. "b" .. new(1) .. "c") ~= nil)
end

local function closing()
  local order = {}
  local function closer(name)
    return setmetatable({}, { __close = function(_, e)
      wait()
      order[#order + 1] = name .. tostring(e)
    end })
  end
  local function f()
    local a <close> = closer("a")
    local b <close> = closer("b")
    wait()
    return a ~= b, 2, 3
  end
  assert(select("#", f()) == 3 and table.concat(order, " ") == "bnil anil")
  order = {}
  assert(not pcall(function()
    local _ <close> = closer("c")
    error("x", 0)
  end))
  assert(order[1] == "cx")
  for _ in function(_, i) return i == nil and 1 or nil end, nil, nil, closer("for") do wait() end
  assert(order[2] == "fornil")
end

local function closures()
  local x = 1
  local function up() x = wait(x) + 1 return x end
  assert(up() == 2 and up() == 3 and x == 3)
  local function deep(n) if n == 0 then return wait("bottom") end return (deep(n - 1)) end
  assert(deep(100) == "bottom")
  local function tail(n) if n == 0 then return wait("end") end return tail(n - 1) end
  assert(tail(1000) == "end")
end

return function()
  calls_and_loops()
  protected()
  metamethods()
  closing()
  closures()
end
