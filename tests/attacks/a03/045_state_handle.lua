-- A3.45: a handle in the state
-- caught by: harmless
-- logs: is a handle, which cannot be kept
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.state.v = assert(volume.open("/img"))
  return true
end

return policy
