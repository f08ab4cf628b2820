-- A12.122: a module of the pack that takes the name of a library
-- caught by: refused
-- in: load
-- says: volume.lua: require "volume" is always the built-in module
-- module volume: error "mine"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  require("volume").open("/img")
  return true
end

return policy
