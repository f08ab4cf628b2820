-- A7.89: arithmetic at the ends of the integers
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(math.mininteger // -1 == math.mininteger and math.mininteger % -1 == 0)
  assert(not pcall(function() return 1 // 0 end))
  assert(not pcall(function() return 1 % 0 end))
  assert(1 << 64 == 0 and 1 << -64 == 0 and 1 >> math.mininteger == 0)
  assert(math.abs(math.mininteger) == math.mininteger)
  assert(not pcall(function() return 1 | 2 ^ 63 end))
  return true
end

return policy
