-- A3.45: resource.state set to what is no table
-- caught by: error
-- says: resource.state must be a table

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.state = 1
end

return policy
