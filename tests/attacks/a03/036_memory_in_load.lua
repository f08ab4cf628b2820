-- A3.36: memory while it loads
-- caught by: memory
-- in: load

local policy = { api = 1 }

local t
while true do t = { t } end

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
