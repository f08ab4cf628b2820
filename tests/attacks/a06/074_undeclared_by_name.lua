-- A6.74: the same by a name made at run time
-- caught by: error
-- says: assignment to undeclared global 'x'

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  _ENV[("x"):rep(1)] = 1
end

return policy
