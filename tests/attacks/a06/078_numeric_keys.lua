-- A6.78: options with numbers for names
-- caught by: error
-- says: there is no option
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(volume.open("/img")):dismount({ [1] = true })
end

return policy
