-- A8.96: more watches than there may be
-- caught by: error
-- in: online
-- says: all 4 watches are in use
local timer = require "timer"

local policy = { api = 1 }

function policy.online(resource)
  for _ = 1, 10 do resource:watch(function() timer.sleep(10) end) end
end
function policy.offline() end
function policy.is_alive() return true end

return policy
