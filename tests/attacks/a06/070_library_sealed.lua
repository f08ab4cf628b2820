-- A6.70: names added to what require answers
-- caught by: error
-- says: read-only
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  volume.mine = 1
end

return policy
