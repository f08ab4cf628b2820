-- A11.111: the order of functions as keys, by next
-- caught by: error
-- says: has no order to go through it in

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  next({ [print] = 1 })
end

return policy
