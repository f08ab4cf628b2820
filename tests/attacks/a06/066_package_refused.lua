-- A6.66: package, which is not there
-- caught by: refused
-- in: load
-- says: undefined global 'package'

local policy = { api = 1 }

local _ = package.loadlib("x", "y")

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
