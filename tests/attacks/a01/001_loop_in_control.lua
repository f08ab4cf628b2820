-- A1.1: an endless loop in control
-- caught by: fuel
-- in: control

local policy = { api = 1 }

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

function policy.control()
  while true do end
end

return policy
