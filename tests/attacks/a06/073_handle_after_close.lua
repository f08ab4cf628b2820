-- A6.73: a handle kept from a block that closed it
-- caught by: error
-- says: is closed
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local kept
  do
    local vol <close> = assert(volume.open("/img"))
    kept = vol
  end
  kept:lock()
end

return policy
