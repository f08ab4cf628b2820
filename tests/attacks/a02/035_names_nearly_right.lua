-- A2.35: names that could be many others
-- caught by: fuel
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local get = function() return volume.abcdefghijklmnop end
  while true do pcall(get) end
end

return policy
