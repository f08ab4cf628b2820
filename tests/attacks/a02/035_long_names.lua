-- A2.35: names too long to look for better ones
-- caught by: fuel
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local name = ("s"):rep(100000)
  local get = function() return volume[name] end
  while true do pcall(get) end
end

return policy
