-- A8.94: waits of no time, without end
-- caught by: error
-- says: no result within 200ms
local timer = require "timer"

local policy = {
  api = 1,
  timeouts = { is_alive = "200ms" },
}

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do timer.sleep(0) end
end

return policy
