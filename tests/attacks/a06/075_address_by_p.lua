-- A6.75: an address by %p
-- caught by: error
-- says: shows addresses

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("%p"):format({})
end

return policy
