-- A6.73: an operation that the policy does not list
-- caught by: error
-- says: does not list in its capabilities
local volume = require "volume"

local policy = {
  api = 1,
  capabilities = { "timer" },
}

function policy.online() end
function policy.offline() end

function policy.is_alive()
  volume.open("/img")
end

return policy
