-- A6.67: a module that loops
-- caught by: fuel
-- module m: while true do end

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  require "m"
end

return policy
