-- A2.35: a valid duration of a hundred thousand digits
-- caught by: error
-- says: must be a duration
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return timer.sleep(("0"):rep(100000))
end

return policy
