-- A6.75: an address by %p behind a zero byte, with flags
-- caught by: error
-- says: shows addresses

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("%d\0%-10p"):format(1, {})
end

return policy
