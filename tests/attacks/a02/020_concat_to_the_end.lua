-- A2.20: table.concat up to the last integer
-- caught by: error
-- says: at index 2

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  table.concat({ "a" }, ",", 1, math.maxinteger)
end

return policy
