-- A5.58: a quarter of a million empty lines
-- caught by: harmless
-- in: load
local policy = { api = 1 }
-- source: expand 200000 "\n"
policy.online, policy.offline, policy.is_alive = print, print, print
return policy
