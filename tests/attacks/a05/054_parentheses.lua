-- A5.54: a hundred thousand open parentheses
-- caught by: refused
-- in: load
-- says: overflow
local policy = { api = 1 }
-- source: expand 1 "local x = " 80000 "(#"
return policy
