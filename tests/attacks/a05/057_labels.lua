-- A5.57: labels by the thousand
-- caught by: memory
-- in: load
local policy = { api = 1 }
-- source: expand 20000 "::l@:: "
return policy
