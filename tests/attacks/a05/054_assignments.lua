-- A5.54: an assignment to thousands of names
-- caught by: refused
-- in: load
-- says: overflow
local policy = { api = 1 }
-- source: expand 1 "local a = 1 a"
-- source: expand 50000 ",a"
= 1
return policy
