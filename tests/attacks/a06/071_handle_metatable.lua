-- A6.71: the metatable of a handle
-- caught by: error
-- says: attempt to index a boolean value
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  getmetatable(assert(volume.open("/img"))).__index = nil
end

return policy
