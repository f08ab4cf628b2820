-- A8.96: a thousand operations one after the other
-- caught by: harmless
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _ = 1, 300 do
    local vol <close> = assert(volume.open("/img"))
    assert(vol:lock())
  end
  return true
end

return policy
