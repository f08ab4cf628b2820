-- A8.96: slow operations given up and begun again
-- caught by: error
-- says: no result within 80ms
local volume = require "volume"

local policy = {
  api = 1,
  timeouts = { is_alive = "80ms" },
}

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _ = 1, 20 do pcall(volume.open, "/slow") end
  return true
end

return policy
