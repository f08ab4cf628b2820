-- A2.32: load with a reader that never ends
-- caught by: refused
-- in: load
-- says: undefined global 'load'

local policy = { api = 1 }

load(function() return "x = 1 " end)

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
