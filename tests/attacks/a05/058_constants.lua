-- A5.58: constants by the thousand
-- caught by: memory
-- in: load
local policy = { api = 1 }
-- source: expand 1 "local x"
-- source: expand 25000 " x=@.5"
return policy
