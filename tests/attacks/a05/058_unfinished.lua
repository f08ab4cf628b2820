-- A5.58: a text that never ends
-- caught by: refused
-- in: load
-- says: unfinished
local policy = { api = 1 }
-- source: expand 1 "local x = \""
return policy
