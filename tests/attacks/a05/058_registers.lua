-- A5.58: a call with hundreds of arguments in registers
-- caught by: refused
-- in: load
-- says: too many registers
local f, a = print, 1
local policy = { api = 1 }
-- source: expand 1 "local x = f("
-- source: expand 300 "(a),"
1)
return policy
