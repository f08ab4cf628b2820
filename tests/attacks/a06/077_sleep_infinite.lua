-- A6.77: a sleep for ever
-- caught by: error
-- says: must be a duration
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  timer.sleep(math.huge)
end

return policy
