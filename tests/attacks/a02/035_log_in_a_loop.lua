-- A2.35: log lines of a hundred thousand bytes
-- caught by: fuel
local log = require "log"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local long = ("\27"):rep(100000)
  while true do log.info(long) end
end

return policy
