-- A5.58: declared and undefined names by the thousand, each compared with each
-- caught by: refused
-- in: load
-- says: undefined global
local policy = { api = 1 }
-- source: expand 1500 "g@=1 "
local function f(x)
-- source: expand 1500 " x=u@"
end
return policy
