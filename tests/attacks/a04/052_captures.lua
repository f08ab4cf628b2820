-- A4.52: a pattern of too many captures
-- caught by: error
-- says: too many captures

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("x"):find(("("):rep(40) .. (")"):rep(40))
end

return policy
