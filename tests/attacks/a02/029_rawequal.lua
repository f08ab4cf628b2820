-- A2.29: rawequal of long texts
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("x"):rep(100000)
  local a, b = s .. "y", s .. "y"
  while true do rawequal(a, b) end
end

return policy
