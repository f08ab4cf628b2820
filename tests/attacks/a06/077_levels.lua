-- A6.77: error and select with numbers out of range
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(not pcall(error, "x", math.mininteger))
  assert(not pcall(error, "x", math.maxinteger))
  assert(not pcall(select, math.mininteger))
  assert(select("#", select(math.maxinteger)) == 0)
  assert(not pcall(table.concat, {}, "", math.mininteger, math.mininteger))
  assert(not pcall(string.rep, "x", math.maxinteger))
  assert(("x"):sub(math.mininteger, math.maxinteger) == "x")
  assert(("x"):byte(math.mininteger) == nil)
  return true
end

return policy
