-- A8.92: a wait in an element of table.concat
-- caught by: error
-- says: cannot wait inside a function
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = setmetatable({}, { __index = function() timer.sleep(1) return "x" end })
  return table.concat(t, "", 1, 2)
end

return policy
