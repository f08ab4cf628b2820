-- A1.1: an endless loop after a hundred waits
-- caught by: fuel
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _ = 1, 100 do timer.sleep(0) end
  while true do end
end

return policy
