-- A6.66: dofile, which is not there
-- caught by: refused
-- in: load
-- says: undefined global 'dofile'

local policy = { api = 1 }

local _ = dofile("/etc/passwd")

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
