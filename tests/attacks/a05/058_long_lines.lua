-- A5.58: a quarter of a million empty lines
-- caught by: harmless
-- in: load
local policy = { api = 1 }
-- source: expand 200000 "\n"
assert(select(2, pcall(function() error("here") end)) == "058_long_lines.lua:200006: here")
policy.online, policy.offline, policy.is_alive = print, print, print
return policy
