-- A6.73: a handle kept from online
-- caught by: error
-- says: is closed
local volume = require "volume"

local kept

local policy = { api = 1 }

function policy.online()
  kept = assert(volume.open("/img"))
end
function policy.offline() end

function policy.is_alive()
  kept:lock()
end

return policy
