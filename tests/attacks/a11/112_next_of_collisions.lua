-- A11.112: next in a table of colliding keys
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for i = 1, 3000 do t[i * 4095] = true end
  local _, last = nil, 4095
  while true do next(t, last) end
end

return policy
