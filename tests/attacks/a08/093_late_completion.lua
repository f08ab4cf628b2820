-- A8.93: an answer that comes after the entry point is over
-- caught by: error
-- says: no result within 10ms, waiting for volume.open
local volume = require "volume"

local policy = {
  api = 1,
  timeouts = { is_alive = "10ms" },
}

function policy.online() end
function policy.offline() end

function policy.is_alive()
  volume.open("/slow")
end

return policy
