-- A2.21: optional items that backtrack
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("a"):rep(30):find(("a?"):rep(30) .. ("a"):rep(31))
end

return policy
