-- A7.87: a constructor of all that a call answers
-- caught by: error
-- says: string slice too long

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return { ("x"):rep(12000):byte(1, -1) }
end

return policy
