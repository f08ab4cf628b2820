-- A2.30: an __index chain of 2100 tables
-- caught by: error
-- says: '__index' chain too long

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for _ = 1, 2100 do t = setmetatable({}, { __index = t }) end
  return t.x
end

return policy
