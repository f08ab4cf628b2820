-- A6.73: a handle after it was closed
-- caught by: error
-- says: is closed
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local vol = assert(volume.open("/img"))
  vol:close()
  vol:lock()
end

return policy
