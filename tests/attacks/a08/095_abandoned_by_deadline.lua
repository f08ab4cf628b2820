-- A8.95: handles left open by a deadline
-- caught by: error
-- says: no result within 10ms
local timer = require "timer"
local volume = require "volume"

local policy = {
  api = 1,
  timeouts = { is_alive = "10ms" },
}

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local vol <close> = assert(volume.open("/img"))
  timer.sleep(10)
  return vol
end

return policy
