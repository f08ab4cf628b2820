-- A2.35: a small table that is built again at every key, beside a list of eight thousand
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for i = 1, 8000 do t[i] = true end
  local n = 0
  while true do
    n = n + 1
    t[-n] = true
    t[3 - n] = nil
  end
end

return policy
