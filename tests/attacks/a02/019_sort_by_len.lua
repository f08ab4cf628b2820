-- A2.19: table.sort believes a __len of 2^31
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  table.sort(setmetatable({}, {
    __len = function() return 2 ^ 31 - 2 end, __index = rawlen, __newindex = rawlen,
  }))
  return true
end

return policy
