-- A10.103: a failure whose reason loops
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource:fail(setmetatable({}, { __tostring = function() while true do end end }))
end

return policy
