-- A3.43: volumes opened and forgotten
-- caught by: error
-- says: has 64 volumes open already
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local kept = {}
  while true do kept[#kept + 1] = assert(volume.open("/img")) end
end

return policy
