-- A9.101: warn, which is not there
-- caught by: refused
-- in: load
-- says: undefined global 'warn'

local policy = { api = 1 }

local _ = warn("@on")

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
