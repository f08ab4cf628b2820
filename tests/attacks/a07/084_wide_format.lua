-- A7.84: a format that is ninety-nine thousand wide
-- caught by: error
-- says: invalid conversion

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("%99999d"):format(1)
end

return policy
