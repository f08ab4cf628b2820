-- A3.45: a state with one element at the end of the integers
-- caught by: harmless
-- logs: has keys that are neither

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.state[math.maxinteger] = 1
  return true
end

return policy
