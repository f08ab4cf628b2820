-- A2.15: ("").rep, a loop of 2^63 times nothing
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(("").rep("", math.maxinteger) == "")
  assert(("").rep("", math.maxinteger, "") == "")
  return true
end

return policy
