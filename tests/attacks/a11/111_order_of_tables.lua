-- A11.111: the order of tables as keys
-- caught by: error
-- says: has no order to go through it in

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _ in pairs({ [{}] = 1 }) do end
end

return policy
