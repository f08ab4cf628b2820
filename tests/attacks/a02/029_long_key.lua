-- A2.29: a long text as a key
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("x"):rep(100000)
  local a, b = s .. "y", s .. "y"
  local t = { [a] = 1 }
  while true do local _ = t[b] end
end

return policy
