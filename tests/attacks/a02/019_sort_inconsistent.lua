-- A2.19: a comparison that says yes to everything
-- caught by: error
-- says: invalid order function

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for i = 1, 1000 do t[i] = i end
  table.sort(t, function() return true end)
end

return policy
