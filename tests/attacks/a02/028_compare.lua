-- A2.28: comparing texts of zero bytes, segment by segment
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local a = ("\0"):rep(60000)
  local b = a .. "x"
  while true do local _ = a < b end
end

return policy
