-- A6.70: functions replaced under a built-in script
-- caught by: error
-- says: x
local retry = require "retry"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  rawset(_ENV, "pcall", function(...) return ... end)
  rawset(table, "pack", function() return nil end)
  retry.run({ times = 2 }, function() error("x") end)
end

return policy
