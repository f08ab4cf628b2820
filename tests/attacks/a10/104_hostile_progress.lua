-- A10.104: progress that is not printable
-- caught by: harmless
-- in: online
-- logs: \x1b[2J\r\nall is well\xff
local timer = require "timer"

local policy = { api = 1 }

function policy.online(resource)
  resource:progress("\27[2J\r\nall is well\255")
  timer.sleep("1200ms")   -- until the next report
end
function policy.offline() end
function policy.is_alive() return true end

return policy
