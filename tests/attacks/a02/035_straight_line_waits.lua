-- A2.35: thousands of instructions between two waits
-- caught by: error
-- says: no result within 200ms
local timer = require "timer"

local policy = { api = 1, timeouts = { is_alive = "200ms" } }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local x = 1.5
  while true do
-- source: expand 10000 "x=x^x "
    timer.sleep(0)
  end
end

return policy
