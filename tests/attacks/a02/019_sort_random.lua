-- A2.19: a comparison that answers by chance
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for i = 1, 5000 do t[i] = i end
  while true do pcall(table.sort, t, function() return math.random() < 0.5 end) end
end

return policy
