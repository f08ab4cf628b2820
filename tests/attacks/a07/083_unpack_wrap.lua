-- A7.83: table.unpack from the last integer on
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(not pcall(table.unpack, {}, math.mininteger, math.maxinteger))
  assert(select("#", table.unpack({}, math.maxinteger, math.maxinteger)) == 1)
  assert(select("#", table.unpack({}, math.maxinteger, math.mininteger)) == 0)
  return true
end

return policy
