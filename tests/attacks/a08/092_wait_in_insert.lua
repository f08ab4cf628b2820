-- A8.92: a wait in the __len that table.insert asks
-- caught by: error
-- says: cannot wait inside a function
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = setmetatable({}, { __len = function() timer.sleep(1) return 1 end })
  table.insert(t, 1)
end

return policy
