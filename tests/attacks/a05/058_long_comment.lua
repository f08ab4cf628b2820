-- A5.58: one comment of two hundred thousand bytes
-- caught by: harmless
-- in: load
local policy = { api = 1 }
-- source: expand 1 "--[[" 200000 "x" 1 "]]"
assert(select(2, pcall(function() error("here") end)) == "058_long_comment.lua:6: here")
policy.online, policy.offline, policy.is_alive = print, print, print
return policy
