-- A2.21: backtracking that catches its end
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do
    pcall(string.find, ("a"):rep(60), ("a*"):rep(30) .. "b")
  end
end

return policy
