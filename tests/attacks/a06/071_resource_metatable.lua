-- A6.71: the metatable of the resource
-- caught by: error
-- says: attempt to index a boolean value

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  getmetatable(resource).__index = nil
end

return policy
