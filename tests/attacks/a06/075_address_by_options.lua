-- A6.75: the address of a table, told by the option that is complained about
-- caught by: error
-- says: the options must have texts as keys
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  volume.probe("/x", { [{}] = 1, aa = 1, bb = 1, cc = 1, dd = 1 })
end

return policy
