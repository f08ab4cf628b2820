-- A2.35: properties that nobody declared
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local function get() return resource.properties.VolumePaht end
  while true do pcall(get) end
end

return policy
