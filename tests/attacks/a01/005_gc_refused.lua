-- A1.5: a finalizer that loops
-- caught by: error
-- says: policies have no __gc

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  setmetatable({}, { __gc = function() while true do end end })
end

return policy
