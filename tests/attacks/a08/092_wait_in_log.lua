-- A8.92: a wait in the text of a log line
-- caught by: error
-- says: cannot wait inside a function
local log = require "log"
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  log.info(setmetatable({}, { __tostring = function() timer.sleep(1) end }))
end

return policy
