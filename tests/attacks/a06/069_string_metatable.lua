-- A6.69: the metatable of texts rewritten
-- caught by: error
-- says: attempt to index a boolean value

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  getmetatable("").__index = nil
end

return policy
