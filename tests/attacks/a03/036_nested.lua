-- A3.36: tables in tables
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t
  while true do t = { t } end
end

return policy
