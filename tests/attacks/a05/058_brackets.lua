-- A5.58: a long bracket of a hundred thousand levels
-- caught by: refused
-- in: load
-- says: invalid long string delimiter
local policy = { api = 1 }
-- source: expand 1 "local x = [" 100000 "="
return policy
