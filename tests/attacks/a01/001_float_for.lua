-- A1.1: a for loop over floats that never arrives
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for x = 2.0 ^ 53, math.huge do local _ = x end
end

return policy
