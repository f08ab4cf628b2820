-- A6.77: a sleep of no number of seconds
-- caught by: error
-- says: must be a duration
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  timer.sleep(0 / 0)
end

return policy
