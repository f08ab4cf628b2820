-- A5.58: one number of ten thousand digits
-- caught by: refused
-- in: load
-- says: undefined
local policy = { api = 1 }
-- source: expand 1 "local x = "
-- source: expand 10000 "1"
return nothing_like_this
