-- A5.60: dump as a method of a text
-- caught by: error
-- says: string has no 'dump'

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("x"):dump()
end

return policy
