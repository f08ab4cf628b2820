-- A4.51: an error message about a long chain of fields
-- caught by: error
-- says: attempt to index a nil value
local t = {}

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return t
-- source: expand 5000 ".a"
end

return policy
