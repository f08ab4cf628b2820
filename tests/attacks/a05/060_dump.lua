-- A5.60: string.dump of a function
-- caught by: error
-- says: string has no 'dump'

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return string.dump(print)
end

return policy
