-- A5.54: a chain of concatenations
-- caught by: memory
-- in: load
local policy = { api = 1 }
-- source: expand 1 "local x = 1"
-- source: expand 60000 "..1"
return policy
