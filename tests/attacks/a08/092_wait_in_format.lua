-- A8.92: a wait in what %s prints
-- caught by: error
-- says: cannot wait inside a function
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("%s"):format(setmetatable({}, { __tostring = function() timer.sleep(1) end }))
end

return policy
