-- A6.74: fake globals by a metatable
-- caught by: error
-- says: cannot change a protected metatable

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  setmetatable(_ENV, { __index = function() return print end })
end

return policy
