-- A5.54: as many functions in functions as are allowed
-- caught by: harmless
-- in: load
local policy = { api = 1 }
-- source: expand 60 "local function f() "
-- source: expand 60 "end "
assert(f() == nil)
policy.online, policy.offline, policy.is_alive = print, print, print
return policy
