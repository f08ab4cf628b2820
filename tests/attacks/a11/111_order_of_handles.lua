-- A11.111: the order of handles as keys
-- caught by: error
-- says: has no order to go through it in

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  next({ [resource] = 1 })
end

return policy
