-- A11.112: a chain of floats, walked by one absent key
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for i = 1, 3000 do t[(i << 21) + 0.5] = true end
  while true do
    for i = 1, 3000 do local _ = t[(i << 21) + 0.25] end
  end
end

return policy
