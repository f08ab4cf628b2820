-- A6.73: a handle of the entry point that began the watch
-- caught by: error
-- in: watch
-- says: is closed
local volume = require "volume"
local timer = require "timer"

local policy = { api = 1 }

function policy.online(resource)
  local vol = assert(volume.open("/img"))
  resource:watch(function()
    timer.sleep(0.001)
    vol:lock()
  end)
end

function policy.offline() end
function policy.is_alive() return true end

return policy
