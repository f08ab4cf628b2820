-- A5.58: more source than is read
-- caught by: refused
-- in: load
-- says: bytes, at most 262144 are read
local policy = { api = 1 }
-- source: expand 300000 "-"
return policy
