-- A3.40: a cap that the host itself hardly fits
-- caught by: memory
-- in: load
-- limit: memory 8000

local policy = { api = 1 }

local t
for i = 1, 100 do t = { t, i } end

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
