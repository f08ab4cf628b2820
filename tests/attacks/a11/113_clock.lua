-- A11.113: the clock is the host's, to the millisecond
-- caught by: harmless
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local now = timer.now()
  assert(now * 1000 % 1 < 1e-6 or now * 1000 % 1 > 1 - 1e-6)
  assert(timer.left() <= 5 and resource:deadline() <= 5)
  return true
end

return policy
