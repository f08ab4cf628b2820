-- A3.45: a state with a metatable that loops
-- caught by: harmless
-- logs: has a metatable; only plain tables are kept

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local loop = function() while true do end end
  resource.state.t = setmetatable({}, { __index = loop, __pairs = loop, __len = loop })
  return true
end

return policy
