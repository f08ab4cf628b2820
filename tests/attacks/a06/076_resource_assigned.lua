-- A6.76: fields of the resource assigned
-- caught by: error
-- says: read-only

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.name = "y"
end

return policy
