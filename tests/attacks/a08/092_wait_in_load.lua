-- A8.92: an operation while the policy loads
-- caught by: refused
-- in: load
-- says: operations are possible in entry points only
local volume = require "volume"

local policy = { api = 1 }

volume.open("/img")

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
