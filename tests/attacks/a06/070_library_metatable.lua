-- A6.70: the metatable of a library taken off
-- caught by: error
-- says: cannot change a protected metatable
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  setmetatable(volume, nil)
end

return policy
