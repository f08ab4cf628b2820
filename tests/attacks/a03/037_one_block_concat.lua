-- A3.37: one block above the limit, by table.concat
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for i = 1, 200 do t[i] = ("x"):rep(1000) end
  return table.concat(t)
end

return policy
