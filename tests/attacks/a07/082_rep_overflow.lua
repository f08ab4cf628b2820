-- A7.82: string.rep whose size overflows
-- caught by: error
-- says: resulting string too large

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("xy"):rep(math.maxinteger)
end

return policy
