-- A3.37: one block above the limit
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("x"):rep(200000)
end

return policy
