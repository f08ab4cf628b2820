-- A6.76: next, pairs and rawlen on what is the host's
-- caught by: harmless
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  for _, thing in ipairs({ resource, resource.properties, assert(volume.open("/img")) }) do
    for _, f in ipairs({ next, rawlen, rawget, table.unpack, table.concat, table.sort }) do
      assert(not pcall(f, thing, "x"))
    end
    assert(not pcall(function() for _ in pairs(thing) do end end))
    assert(not pcall(setmetatable, thing, {}))
    assert(getmetatable(thing) == false)
  end
  return true
end

return policy
