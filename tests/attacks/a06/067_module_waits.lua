-- A6.67: a module that waits while it loads
-- caught by: error
-- says: cannot wait inside
-- module m: require "timer".sleep(1)

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  require "m"
end

return policy
