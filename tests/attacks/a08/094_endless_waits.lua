-- A8.94: an entry point that waits without end
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
  while true do timer.sleep(0.001) end
end

return policy
