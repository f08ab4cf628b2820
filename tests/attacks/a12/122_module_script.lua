-- A12.122: a file beside the policy that takes the name of a built-in script
-- caught by: refused
-- in: load
-- says: retry.lua: require "retry" is always the built-in module
-- module retry: return { run = function() error "mine" end }

local retry = require "retry"
local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  retry.run({ times = 1 }, function() end)
  return true
end

return policy
