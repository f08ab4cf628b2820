-- A11.112: deleting and adding colliding keys, so that the table is built again
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  local i = 0
  while true do
    i = i + 1
    t[i * 4095] = true
    t[(i - 1000) * 4095] = nil
  end
end

return policy
