-- A1.8: coroutines, each with a budget of its own
-- caught by: refused
-- in: load
-- says: undefined global 'coroutine'

local policy = { api = 1 }

coroutine.wrap(function() while true do end end)()

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
