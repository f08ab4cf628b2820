-- A2.27: reverse of a long text
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("x"):rep(100000)
  while true do s:reverse() end
end

return policy
