-- A5.55: comparisons joined by or
-- caught by: fuel
-- in: load
local policy = { api = 1 }
-- source: expand 1 "local a local x = a"
-- source: expand 30000 " or a==1"
return policy
