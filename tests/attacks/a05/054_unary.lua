-- A5.54: a hundred thousand signs
-- caught by: refused
-- in: load
-- says: overflow
local policy = { api = 1 }
-- source: expand 1 "local x = "
-- source: expand 100000 "- "
return policy
