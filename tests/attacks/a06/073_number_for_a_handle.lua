-- A6.73: a number for a handle
-- caught by: error
-- says: volume must be a volume
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  volume.lock(1)
end

return policy
