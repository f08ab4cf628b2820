-- A6.77: a sleep of 10^300 seconds
-- caught by: error
-- says: must be a duration
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  timer.sleep(1e300)
end

return policy
