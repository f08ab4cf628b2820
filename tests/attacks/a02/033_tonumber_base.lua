-- A2.33: tonumber of a long text in a base
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("1"):rep(100000)
  while true do tonumber(s, 36) end
end

return policy
