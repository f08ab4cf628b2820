-- A5.54: a chain of powers
-- caught by: refused
-- in: load
-- says: overflow
local policy = { api = 1 }
-- source: expand 1 "local x = 1"
-- source: expand 60000 "^1"
return policy
