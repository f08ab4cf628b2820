-- A9.99: a __close that loops, in an entry point that is given up
-- caught by: error
-- says: no result within 10ms
local timer = require "timer"

local policy = {
  api = 1,
  timeouts = { is_alive = "10ms" },
}

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local _ <close> = setmetatable({}, { __close = function() while true do end end })
  timer.sleep(10)
end

return policy
