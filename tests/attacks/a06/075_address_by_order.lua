-- A6.75: the order of tables by their address
-- caught by: error
-- says: attempt to compare two table values

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return {} < {}
end

return policy
