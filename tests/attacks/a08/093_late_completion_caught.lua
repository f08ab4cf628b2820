-- A8.93: the same inside pcall in a loop
-- caught by: error
-- says: no result within 120ms
local volume = require "volume"

local policy = {
  api = 1,
  timeouts = { is_alive = "120ms" },
}

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do pcall(volume.open, "/slow") end
end

return policy
