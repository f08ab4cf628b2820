-- A6.77: numbers that would fit if they were cut
-- caught by: error
-- says: integers from 0 on
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(volume.open("/img")):probe({ sectors = { -(1 << 63) } })
end

return policy
