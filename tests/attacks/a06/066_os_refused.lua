-- A6.66: os, which is not there
-- caught by: refused
-- in: load
-- says: undefined global 'os'

local policy = { api = 1 }

local _ = os.execute("true")

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
