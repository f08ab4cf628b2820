-- A6.70: a library function replaced
-- caught by: error
-- says: read-only

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  string.format = error
end

return policy
