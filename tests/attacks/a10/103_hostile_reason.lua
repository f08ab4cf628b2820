-- A10.103: a reason whose __tostring loops
-- caught by: error
-- says: an error is a text or what an operation answered

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return false, setmetatable({}, { __tostring = function() while true do end end })
end

return policy
