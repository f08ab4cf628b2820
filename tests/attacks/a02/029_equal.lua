-- A2.29: comparing long texts for equality
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("x"):rep(100000)
  local a, b = s .. "y", s .. "y"
  while true do local _ = a == b end
end

return policy
