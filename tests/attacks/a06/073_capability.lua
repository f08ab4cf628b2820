-- A6.73: an operation that was not granted
-- caught by: error
-- says: this resource is not granted

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  require("cluster").quorum()
end

return policy
