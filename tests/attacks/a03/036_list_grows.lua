-- A3.36: a list that grows
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for i = 1, math.huge do t[i // 1 | 0] = i end
end

return policy
