-- A5.58: one name of two hundred thousand bytes
-- caught by: memory
-- in: load
local policy = { api = 1 }
-- source: expand 1 "local " 200000 "x"
return policy
