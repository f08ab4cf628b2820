-- A2.30: a __newindex chain that ends in itself
-- caught by: error
-- says: '__newindex' chain too long

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  setmetatable(t, { __newindex = t })
  t.x = 1
end

return policy
