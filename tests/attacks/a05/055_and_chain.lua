-- A5.55: a and not a, thousands of times
-- caught by: fuel
-- in: load
local policy = { api = 1 }
-- source: expand 1 "local a local x = a"
-- source: expand 25000 " and not a"
return policy
