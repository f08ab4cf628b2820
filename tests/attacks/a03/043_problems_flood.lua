-- A3.43: a policy of thousands of unknown fields
-- caught by: refused
-- in: load
-- says: is nothing that a policy has
local policy = { api = 1 }

for i = 1, 3000 do policy[("x"):rep(60) .. i] = i end

return policy
