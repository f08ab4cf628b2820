-- A7.83: table.unpack of 2^31 values
-- caught by: error
-- says: too many results to unpack

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return table.unpack({}, 1, 1 << 31)
end

return policy
