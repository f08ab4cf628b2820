-- A4.47: recursion through __index functions
-- caught by: error
-- says: C stack overflow

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = setmetatable({}, { __index = function(self, key) return self[key .. "x"] end })
  return t.x
end

return policy
