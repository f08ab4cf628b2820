-- A3.37: a stack of values as one block
-- caught by: error
-- says: too many results to unpack

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return select("#", table.unpack({}, 1, 100000))
end

return policy
