-- A5.58: globals by the thousand
-- caught by: memory
-- in: load
local policy = { api = 1 }
-- source: expand 15000 "g@=1 "
return policy
