-- A4.47: recursion through __pairs
-- caught by: error
-- says: C stack overflow

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = setmetatable({}, {})
  getmetatable(t).__pairs = function(self) return pairs(self) end
  pairs(t)
end

return policy
