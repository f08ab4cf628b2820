-- A2.16: table.move of 2^63 nils
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  table.move({}, 1, math.maxinteger - 1, 2)
  return true
end

return policy
