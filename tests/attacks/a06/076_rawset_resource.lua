-- A6.76: rawset on the resource
-- caught by: error
-- says: table expected, got resource

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  rawset(resource, "name", "x")
end

return policy
