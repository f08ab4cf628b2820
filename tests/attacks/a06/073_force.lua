-- A6.73: a forced dismount that was not granted
-- caught by: error
-- says: volume.dismount{force=true} needs the capability "volume.force"
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(volume.open("/img")):dismount({ force = true })
end

return policy
