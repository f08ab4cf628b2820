-- A5.58: one text of two hundred thousand bytes
-- caught by: memory
-- in: load
local policy = { api = 1 }
-- source: expand 1 "local x = \"" 200000 "x" 1 "\""
return policy
