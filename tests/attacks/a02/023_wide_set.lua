-- A2.23: a set of many classes against every byte
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local set = "[" .. ("%w"):rep(1000) .. "]"
  while true do ("-"):rep(10000):find(set) end
end

return policy
