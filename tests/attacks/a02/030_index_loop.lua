-- A2.30: an __index chain that ends in itself
-- caught by: error
-- says: '__index' chain too long

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  setmetatable(t, { __index = t })
  return t.x
end

return policy
