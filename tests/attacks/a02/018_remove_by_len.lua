-- A2.18: table.remove believes a __len of 2^63
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  table.remove(setmetatable({}, { __len = function() return math.maxinteger - 1 end }), 1)
  return true
end

return policy
