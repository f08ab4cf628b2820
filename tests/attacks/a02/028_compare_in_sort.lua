-- A2.28: sorting by such comparisons
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local a = ("\0"):rep(60000)
  local t = {}
  for i = 1, 5 do t[i] = a .. i end
  while true do table.sort(t) end
end

return policy
