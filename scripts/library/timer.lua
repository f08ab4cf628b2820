---@meta timer
-- Made from the bindings: do not edit.

---@class timerlib
local timer = {}

--- Waits. The resource stays pending and the host goes on.
--- `duration`: how long, e.g. "250ms"
--- Capability: timer.
---@async
---@param duration number|string
---@return true? answer
---@return Error? err
function timer.sleep(duration) end

--- Seconds since an arbitrary moment, to the millisecond.
---@return number
function timer.now() end

--- Seconds that the running entry point has left; math.huge without a deadline.
---@return number
function timer.left() end

--- Seconds from a number of seconds or a text such as "250ms".
---@param duration number|string
---@return number
function timer.seconds(duration) end

return timer
