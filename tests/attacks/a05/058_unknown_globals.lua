-- A5.58: undefined names by the thousand
-- caught by: refused
-- in: load
-- says: undefined global
local policy = { api = 1 }
-- source: expand 1 "local function f(x)"
-- source: expand 2500 " x=u@"
end
return policy
