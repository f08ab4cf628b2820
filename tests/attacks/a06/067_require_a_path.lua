-- A6.67: require of a path
-- caught by: error
-- says: there is no module '../../etc/passwd'

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  require "../../etc/passwd"
end

return policy
