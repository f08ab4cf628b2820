-- A10.104: what a device says, in an error that leaves
-- caught by: error
-- says: \x1b[2J
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(volume.open("/hostile"))
end

return policy
