-- A4.47: recursion through tostring
-- caught by: error
-- says: C stack overflow

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = setmetatable({}, {})
  getmetatable(t).__tostring = function() return tostring(t) end
  return tostring(t)
end

return policy
