-- A12.120: migrate that waits
-- caught by: error
-- in: migrate
-- says: migrate converts data and performs no operations
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

function policy.migrate(resource, from, state)
  timer.sleep(1)
end

return policy
