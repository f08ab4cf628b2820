-- A1.9: debug.sethook takes the meter off
-- caught by: refused
-- in: load
-- says: undefined global 'debug'

local policy = { api = 1 }

debug.sethook()

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
