-- A5.54: a hundred thousand open parentheses
-- caught by: refused
-- in: load
-- says: overflow
local policy = { api = 1 }
-- source: expand 100000 "local x = ("
return policy
