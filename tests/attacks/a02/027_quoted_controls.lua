-- A2.27: %q of thirty thousand control characters
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("\1"):rep(30000)
  while true do local _ = ("%q"):format(s) end
end

return policy
