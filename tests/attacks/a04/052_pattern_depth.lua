-- A4.52: a pattern that recurses too deep
-- caught by: error
-- says: pattern too complex

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("x"):rep(1000):find(("x?"):rep(300))
end

return policy
