-- A5.54: functions in functions
-- caught by: refused
-- in: load
-- says: overflow
local policy = { api = 1 }
-- source: expand 10000 "local function f() "
return policy
