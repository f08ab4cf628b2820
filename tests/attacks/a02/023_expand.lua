-- A2.23: a class that expands to the end from every start
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("a"):rep(100000):find("a*[^%W%w]")
end

return policy
