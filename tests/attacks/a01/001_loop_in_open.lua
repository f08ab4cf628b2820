-- A1.1: an endless loop in open
-- caught by: fuel
-- in: open

local policy = { api = 1 }

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

function policy.open()
  while true do end
end

return policy
