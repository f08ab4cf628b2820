-- A1.1: a for loop of 2^63 turns
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _ = 1, math.maxinteger do end
end

return policy
