-- A9.99: close variables left open when the resource goes
-- caught by: harmless
-- never logs: closed
local log, timer = require "log", require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource:watch(function()
    local _ <close> = setmetatable({}, { __close = function()
      log.info("closed")
      while true do end
    end })
    timer.sleep("1h")
  end)
  assert(not pcall(resource.watch, resource, nil))
  return true
end

return policy
