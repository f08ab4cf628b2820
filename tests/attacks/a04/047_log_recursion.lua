-- A4.47: recursion through the text of a log line
-- caught by: error
-- says: C stack overflow
local log = require "log"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = setmetatable({}, {})
  getmetatable(t).__tostring = function() log.info(t) return "" end
  log.info(t)
end

return policy
