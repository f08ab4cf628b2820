-- A4.47: recursion through __concat
-- caught by: error
-- says: C stack overflow

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = setmetatable({}, { __concat = function(a, b) return a .. b end })
  return t .. t
end

return policy
