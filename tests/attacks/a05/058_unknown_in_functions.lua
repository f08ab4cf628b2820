-- A5.58: thousands of names that nobody declared, and no word about most
-- caught by: refused
-- in: load
-- says: ... and more
-- source: expand 2000 "do local function f() return abcdefgh@ end f() end "
local policy = { api = 1 }

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
