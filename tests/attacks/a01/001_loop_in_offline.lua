-- A1.1: an endless loop in offline
-- caught by: fuel
-- in: offline

local policy = { api = 1 }

function policy.online() end

function policy.offline()
  while true do end
end
function policy.is_alive() return true end

return policy
