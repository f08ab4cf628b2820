-- A2.16: table.move of nils to another table
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  table.move({}, 1, math.maxinteger - 1, 1, {})
  return true
end

return policy
