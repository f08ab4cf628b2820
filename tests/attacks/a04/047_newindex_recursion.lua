-- A4.47: recursion through __newindex functions
-- caught by: error
-- says: C stack overflow

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = setmetatable({}, { __newindex = function(self, key, value) self[key + 1] = value end })
  t[1] = 1
end

return policy
