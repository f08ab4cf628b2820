-- A1.1: an endless loop in terminate
-- caught by: fuel
-- in: terminate

local policy = { api = 1 }

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

function policy.terminate(resource, cause)
  while true do end
end

return policy
