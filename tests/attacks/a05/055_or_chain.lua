-- A5.55: a or a or a, sixty thousand times
-- caught by: fuel
-- in: load
local policy = { api = 1 }
-- source: expand 1 "local a local x = a"
-- source: expand 50000 " or a"
return policy
