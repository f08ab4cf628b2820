-- A5.58: more than 255 upvalues
-- caught by: refused
-- in: load
-- says: too many
local policy = { api = 1 }
-- source: expand 150 "local x@ "
local function f()
-- source: expand 150 "local y@ "
return function()
-- source: expand 150 "x@=y@ "
end end
return policy
