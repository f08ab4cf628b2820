-- A2.21: backtracking under gmatch
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _ in ("a"):rep(60):gmatch(("a-"):rep(30) .. "b") do end
  return true
end

return policy
