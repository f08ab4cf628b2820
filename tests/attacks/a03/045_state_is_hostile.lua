-- A3.45: the state itself with a metatable
-- caught by: harmless
-- logs: resource.state was not saved

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local loop = function() while true do end end
  resource.state = setmetatable({ x = 1 }, { __index = loop, __pairs = loop, __len = loop })
  return true
end

return policy
