-- A8.92: a wait in a comparison of table.sort
-- caught by: error
-- says: cannot wait inside a function
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  table.sort({ 3, 2, 1 }, function(a, b) timer.sleep(1) return a < b end)
end

return policy
