-- A7.88: for loops that would wrap around
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local n = 0
  for _ = math.maxinteger - 1, math.maxinteger do n = n + 1 end
  for _ = math.mininteger + 1, math.mininteger, -1 do n = n + 1 end
  for _ = math.maxinteger, math.mininteger, -math.maxinteger do n = n + 1 end
  for _ = 1, 0, math.mininteger do n = n + 1 end
  assert(n >= 6 and n <= 8)
  return true
end

return policy
