-- A5.58: more than two hundred locals
-- caught by: refused
-- in: load
-- says: too many local variables
local policy = { api = 1 }
-- source: expand 300 "local x@ "
return policy
