-- A10.104: an error of a hundred thousand bytes
-- caught by: error
-- says: xxx...

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  error(("x"):rep(100000), 0)
end

return policy
