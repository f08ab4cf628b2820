-- A10.104: ten thousand log lines
-- caught by: harmless
-- logs: line 20
local log = require "log"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for i = 1, 10000 do log.error("line " .. i) end
  return true
end

return policy
