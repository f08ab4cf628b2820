-- A8.92: a wait under xpcall whose handler loops
-- caught by: fuel
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  xpcall(function()
    timer.sleep(0.001)
    error("x")
  end, function() while true do end end)
  return true
end

return policy
