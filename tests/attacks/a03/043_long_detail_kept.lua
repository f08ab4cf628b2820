-- A3.43: an error detail that does not fit
-- caught by: memory
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  volume.open("/long")
end

return policy
