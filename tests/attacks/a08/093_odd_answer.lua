-- A8.93: an answer of another type than was asked for
-- caught by: error
-- says: the host answered volume.open oddly
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return volume.open("/odd")
end

return policy
