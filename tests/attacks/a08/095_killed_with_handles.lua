-- A8.95: a kill that leaves handles open
-- caught by: fuel
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local vol <close> = assert(volume.open("/img"))
  while vol do end
end

return policy
