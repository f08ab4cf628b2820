-- A2.27: %s of a long text
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("x"):rep(100000)
  while true do local _ = ("%s"):format(s) end
end

return policy
