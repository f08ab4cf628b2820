-- A8.92: a wait in a replacement of gsub
-- caught by: error
-- says: cannot wait inside a function
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return (("x"):gsub("x", function() timer.sleep(1) end))
end

return policy
