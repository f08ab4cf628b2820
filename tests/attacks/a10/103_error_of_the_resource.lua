-- A10.103: an error that is the resource
-- caught by: error
-- says: raised a

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  error(resource)
end

return policy
