-- A2.15: ("x"):rep of a gigabyte
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("x"):rep(1 << 30)
end

return policy
