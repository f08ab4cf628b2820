-- A2.20: table.concat of 2^63 empty texts from __index
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  table.concat(setmetatable({}, { __index = function() return "" end }), "", 1, math.maxinteger)
  return true
end

return policy
