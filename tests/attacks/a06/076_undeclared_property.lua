-- A6.76: a property that nobody declared
-- caught by: error
-- says: declares no property 'VolumePath'

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  return resource.properties.VolumePath
end

return policy
