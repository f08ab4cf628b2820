-- A6.74: an assignment to a name that nobody declared
-- caught by: refused
-- in: load
-- says: assignment to undeclared global 'x'

local policy = { api = 1 }

function policy.open() x = 1 end

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
