-- A6.78: properties asked for by number
-- caught by: error
-- says: declares no property

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  return resource.properties[1]
end

return policy
