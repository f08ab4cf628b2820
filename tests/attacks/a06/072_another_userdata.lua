-- A6.72: another userdata for a handle
-- caught by: error
-- says: volume must be a volume
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  volume.lock(resource)
end

return policy
