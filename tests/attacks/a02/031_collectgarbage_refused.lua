-- A2.31: collectgarbage in a loop
-- caught by: refused
-- in: load
-- says: undefined global 'collectgarbage'

local policy = { api = 1 }

while true do collectgarbage() end

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
