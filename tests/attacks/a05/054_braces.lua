-- A5.54: tables in tables in tables
-- caught by: refused
-- in: load
-- says: overflow
local policy = { api = 1 }
-- source: expand 1 "local x = " 60000 "{x="
return policy
