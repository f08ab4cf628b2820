-- A5.54: blocks in blocks
-- caught by: refused
-- in: load
-- says: overflow
local policy = { api = 1 }
-- source: expand 50000 "do "
return policy
