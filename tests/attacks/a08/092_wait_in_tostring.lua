-- A8.92: a wait in __tostring
-- caught by: error
-- says: cannot wait inside a function
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return tostring(setmetatable({}, { __tostring = function() timer.sleep(1) return "" end }))
end

return policy
