-- A2.21: backtracking with fuel to spare
-- caught by: time
-- limit: fuel 200000000

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("a"):rep(60):find(("a*"):rep(30) .. "b")
end

return policy
