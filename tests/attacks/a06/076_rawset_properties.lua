-- A6.76: rawset on the properties
-- caught by: error
-- says: table expected, got properties

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  rawset(resource.properties, "VolumePath", "/dev/sda")
end

return policy
