-- A11.111: random numbers that the policy did not seed
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local a = math.random(1 << 40)
  math.randomseed(42)
  local b = math.random(1 << 40)
  math.randomseed(42)
  assert(b == math.random(1 << 40) and math.type(a) == "integer")
  return true
end

return policy
