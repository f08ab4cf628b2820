-- A11.112: colliding keys, a few more at every poll
-- caught by: fuel
local t = {}
for i = 1, 600 do t["x" .. i] = true end
local candidate = 0

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local added = 0
  while added < 3 do
    candidate = candidate + 1
    if (candidate * 0x9E3779B97F4A7C15 >> 33) % 1023 == 0 then
      t[candidate] = true
      added = added + 1
    end
  end
  return true
end

return policy
