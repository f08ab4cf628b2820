-- A7.82: string.rep whose separators overflow
-- caught by: error
-- says: resulting string too large

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("x"):rep(1 << 62, "yy")
end

return policy
