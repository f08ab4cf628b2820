-- A5.54: tables in tables in tables
-- caught by: refused
-- in: load
-- says: overflow
local policy = { api = 1 }
-- source: expand 100000 "policy.x = {"
return policy
