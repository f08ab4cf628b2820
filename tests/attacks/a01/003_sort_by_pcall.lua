-- A1.3: table.sort compares by pcall
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for i = 1, 2000 do t[i] = function() while true do end end end
  while true do pcall(table.sort, t, pcall) end
end

return policy
