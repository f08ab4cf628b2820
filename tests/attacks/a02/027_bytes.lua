-- A2.27: the bytes of a long text as values
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("x"):rep(1500)
  while true do local _ = s:byte(1, -1) end
end

return policy
