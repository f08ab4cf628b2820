-- A1.6: a for loop whose closing value loops
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local closing = setmetatable({}, { __close = function() while true do end end })
  for _ in function() return nil end, nil, nil, closing do end
  return true
end

return policy
