-- A5.54: two hundred thousand parentheses in one expression
-- caught by: refused
-- in: load
-- says: overflow
local policy = { api = 1 }
-- source: expand 200000 "("
return policy
