-- A7.88: a for loop with a step of nothing
-- caught by: error
-- says: 'for' step is zero

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _ = 1, 10, 0 do end
end

return policy
