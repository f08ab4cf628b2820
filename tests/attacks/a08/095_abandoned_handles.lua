-- A8.95: handles left open by an error
-- caught by: error
-- says: gone
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local kept = {}
  for i = 1, 10 do kept[i] = assert(volume.open("/img")) end
  error("gone")
end

return policy
