-- A2.35: durations of a hundred thousand digits
-- caught by: fuel
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local long = ("0"):rep(100000) .. "x"
  while true do pcall(timer.sleep, long) end
end

return policy
