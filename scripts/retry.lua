--- Tries again what may succeed later.

local timer = require "timer"

local retry = {}

---@class retry.Options
---@field times? integer how often to try at most; without it and `within`, 5 times
---@field within? number|string how long to go on, e.g. "20s"
---@field first? number|string the wait after the first failure, default "100ms"
---@field factor? number how much longer each wait is than the last, default 2
---@field max? number|string the longest wait, default "5s"
---@field on_error? fun(err: Error, attempt: integer) called after each failure that is tried again

-- A text and a chain of comparisons rather than tables: every resource that retries holds its own.
local known = " times within first factor max on_error "

local function check(options)
  if type(options) ~= "table" then error("retry.run takes a table of options and a function", 3) end
  for name in pairs(options) do
    local text = tostring(name)
    if not known:find(" " .. text .. " ", 1, true) then
      error("retry.run has no option '" .. text .. "'", 3)
    end
  end
  if options.times ~= nil and (math.type(options.times) ~= "integer" or options.times < 1) then
    error("retry.run: times must be an integer from 1 on", 3)
  end
end

-- Only what an operation answered can be different the next time: a programming error stays one,
-- and so do ERROR_INVALID_FUNCTION, ERROR_INVALID_HANDLE, ERROR_NOT_SUPPORTED and
-- ERROR_INVALID_PARAMETER.
local function may_pass(err)
  local code = type(err) == "table" and rawget(err, "code")
  return code and code ~= 1 and code ~= 6 and code ~= 50 and code ~= 87
end

--- Calls `f` until it succeeds, and returns what it returned. When the attempts or the time are
--- used up, raises the last error, with its `attempts` filled in. Spends at most nine tenths of
--- the time that the entry point has left: the error should be told before the deadline says less.
---@async
---@param options retry.Options
---@param f function raises (or lets assert raise) the error of an operation to be tried again
---@return any ...
function retry.run(options, f)
  check(options)
  local times = options.times or (options.within and math.huge) or 5
  local within = options.within and timer.seconds(options.within) or math.huge
  local ends = timer.now() + math.min(within, timer.left() * 0.9)
  local wait = timer.seconds(options.first or "100ms")
  local longest = timer.seconds(options.max or "5s")
  local attempt = 1
  while true do
    local results = table.pack(pcall(f, attempt))
    if results[1] then return table.unpack(results, 2, results.n) end
    local err = results[2]
    local left = ends - timer.now()
    if not may_pass(err) then error(err, 0) end
    err.attempts = attempt
    if attempt >= times or left <= 0 then error(err, 0) end
    if options.on_error then options.on_error(err, attempt) end
    timer.sleep(math.max(0.001, math.min(wait, left)))
    wait = math.min(wait * (options.factor or 2), longest)
    attempt = attempt + 1
  end
end

return retry
