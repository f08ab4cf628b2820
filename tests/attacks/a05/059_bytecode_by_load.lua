-- A5.59: bytecode through load
-- caught by: refused
-- in: load
-- says: undefined global 'load'

local policy = { api = 1 }

load("\27Lua", "x", "b")()

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
