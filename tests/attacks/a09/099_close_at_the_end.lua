-- A9.99: close variables left open when the resource goes
-- caught by: harmless

local kept

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.state.n = 1
  kept = setmetatable({}, { __close = function() while true do end end })
  return true
end

return policy
