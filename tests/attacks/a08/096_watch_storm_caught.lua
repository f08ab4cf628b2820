-- A8.96: watches asked for in a loop
-- caught by: fuel
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  while true do pcall(resource.watch, resource, function() timer.sleep(10) end) end
end

return policy
