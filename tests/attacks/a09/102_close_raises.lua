-- A9.102: handles closed while errors pass
-- caught by: error
-- says: in close
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local vol <close> = assert(volume.open("/img"))
  local _ <close> = setmetatable({}, { __close = function() vol:close() error("in close") end })
  error("first")
end

return policy
