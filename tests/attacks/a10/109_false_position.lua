-- A10.109: a position that is another
-- caught by: error
-- says: neighbour.lua:1: not me

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  error("neighbour.lua:1: not me", 0)
end

return policy
