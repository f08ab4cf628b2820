-- A11.112: integers chosen to collide whatever a simple mixing does
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for i = 1, math.maxinteger do
    if (i * 0x9E3779B97F4A7C15 >> 33) % 1023 == 0 then t[i] = true end
  end
end

return policy
