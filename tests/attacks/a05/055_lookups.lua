-- A5.55: names looked up through a hundred functions, each with a hundred variables
-- caught by: fuel
-- in: load
local policy = { api = 1 }
-- source: expand 90 "local function f() local a,b,c,d,e,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z\n"
-- source: expand 60000 "A=A "
-- source: expand 90 "end\n"
function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
