-- A2.21: a pattern that backtracks without end
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("a"):rep(60):find(("a*"):rep(30) .. "b")
end

return policy
