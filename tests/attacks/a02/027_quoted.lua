-- A2.27: %q of a long text
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("\0"):rep(20000)
  while true do local _ = ("%q"):format(s) end
end

return policy
