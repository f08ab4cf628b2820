-- A1.11: a kill that retry.run tries again
-- caught by: fuel
local retry = require "retry"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  retry.run({ times = 100 }, function() while true do end end)
  return true
end

return policy
