-- A4.48: a failure whose reason fails
-- caught by: error
-- says: C stack overflow

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local t = setmetatable({}, { __tostring = function(t) resource:fail(t) end })
  resource:fail(t)
end

return policy
