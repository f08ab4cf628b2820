-- A10.108: an error inside a built-in script names the policy
-- caught by: error
-- says: times must be an integer
local retry = require "retry"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  retry.run({ times = "many" }, print)
end

return policy
