-- A6.71: the metamethods of a handle called by hand
-- caught by: harmless
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local vol = assert(volume.open("/img"))
  for _, name in ipairs({ "__gc", "__close", "__index", "__tostring", "__metatable" }) do
    assert(not pcall(function() return vol[name] end))
  end
  assert(vol:close())
  assert(not pcall(vol.close, vol))
  return true
end

return policy
