-- A3.43: error details of a megabyte from the world
-- caught by: harmless
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local vol, err = volume.open("/fail")
  assert(not vol and err.name == "ERROR_NOT_READY")
  return true
end

return policy
