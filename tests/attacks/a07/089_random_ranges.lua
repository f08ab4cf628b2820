-- A7.89: random numbers from ranges that are none
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(not pcall(math.random, 2, 1))
  assert(not pcall(math.random, 1, 2, 3))
  assert(not pcall(math.random, 1.5))
  assert(math.type(math.random(0)) == "integer")
  assert(math.random(math.mininteger, math.maxinteger) ~= nil)
  assert(not pcall(math.randomseed))
  return true
end

return policy
