-- A10.104: a log line of a hundred thousand bytes
-- caught by: harmless
-- logs: xxxx
local log = require "log"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  log.warning(("x"):rep(100000))
  return true
end

return policy
