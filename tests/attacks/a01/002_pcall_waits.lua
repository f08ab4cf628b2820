-- A1.2: a loop around the kill that waits in between
-- caught by: fuel
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do
    pcall(function() while true do end end)
    pcall(timer.sleep, 0)
  end
end

return policy
