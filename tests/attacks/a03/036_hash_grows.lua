-- A3.36: a table of ever new names
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for i = 1, 1 << 40 do t["k" .. i] = true end
end

return policy
