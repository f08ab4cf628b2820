-- A4.47: modules that require each other
-- caught by: error
-- says: module 'a' requires itself
-- module a: return require "b"
-- module b: return require "a"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  require "a"
end

return policy
