-- A2.23: %b() looks for its end from every start
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("("):rep(60000):find("%b()x")
end

return policy
