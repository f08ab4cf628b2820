-- A10.103: an answer that is no answer
-- caught by: error
-- says: is_alive answered a table, not true or false

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return setmetatable({}, { __eq = function() while true do end end })
end

return policy
