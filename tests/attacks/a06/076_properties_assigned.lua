-- A6.76: properties assigned
-- caught by: error
-- says: read-only

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.properties.x = 1
end

return policy
