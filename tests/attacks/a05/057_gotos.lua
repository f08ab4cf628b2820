-- A5.57: gotos by the thousand that wait for their label
-- caught by: memory
-- in: load
local policy = { api = 1 }
-- source: expand 20000 "goto done "
::done::
return policy
