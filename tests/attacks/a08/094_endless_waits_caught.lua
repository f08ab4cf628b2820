-- A8.94: waits without end in pcall, inside __close
-- caught by: error
-- says: no result within 100ms
local timer = require "timer"

local policy = {
  api = 1,
  timeouts = { is_alive = "100ms" },
}

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local wait = function() while true do pcall(timer.sleep, 0.001) end end
  local _ <close> = setmetatable({}, { __close = wait })
  wait()
end

return policy
