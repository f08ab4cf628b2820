-- A10.104: a hundred thousand log lines
-- caught by: harmless
-- logs: line 20
local log = require "log"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for i = 1, 100000 do log.error("line " .. i) end
  return true
end

return policy
