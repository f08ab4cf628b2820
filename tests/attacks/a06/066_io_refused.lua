-- A6.66: io, which is not there
-- caught by: refused
-- in: load
-- says: undefined global 'io'

local policy = { api = 1 }

local _ = io.open("/etc/passwd")

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
