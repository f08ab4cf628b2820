-- A5.58: names by the thousand
-- caught by: memory
-- in: load
local policy = { api = 1 }
-- source: expand 1 "local t = {}"
-- source: expand 20000 " t.n@=1"
return policy
