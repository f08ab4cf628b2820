-- The smallest pack that does something: a module of its own, and a wait.
local timer = require "timer"
local greeting = require "greeting"

local policy = { api = 1, version = "1.0", capabilities = { "timer" } }

function policy.online(resource)
  resource:progress(greeting)
  timer.sleep("1ms")
end

function policy.offline() end

function policy.is_alive() return true end

return policy
