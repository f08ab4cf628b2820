-- A6.66: loadfile, which is not there
-- caught by: refused
-- in: load
-- says: undefined global 'loadfile'

local policy = { api = 1 }

local _ = loadfile("/etc/passwd")

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
