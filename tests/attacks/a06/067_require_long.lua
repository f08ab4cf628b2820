-- A6.67: require of a very long name
-- caught by: error
-- says: there is no module 'xxx

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  require(("x"):rep(100000))
end

return policy
