-- A5.63: the metatable of the globals taken off
-- caught by: error
-- says: cannot change a protected metatable

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  setmetatable(_ENV, nil)
end

return policy
