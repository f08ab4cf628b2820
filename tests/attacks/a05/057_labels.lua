-- A5.57: labels by the thousand
-- caught by: refused
-- in: load
-- says: C stack overflow
local policy = { api = 1 }
-- source: expand 20000 "::l@:: "
return policy
