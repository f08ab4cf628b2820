-- A6.72: everything that is no handle, for a handle
-- caught by: harmless
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local things = { 1, "1", true, print, {}, resource, resource.properties, 1.5, volume }
  for name, op in pairs(volume) do
    if type(op) == "function" then
      for _, thing in ipairs(things) do assert(not pcall(op, thing), name) end
    end
  end
  for _, thing in ipairs(things) do assert(not pcall(volume.probe, thing)) end
  return true
end

return policy
