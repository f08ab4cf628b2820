-- A1.1: an endless loop while it loads
-- caught by: fuel
-- in: load

local policy = { api = 1 }

while true do end

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
