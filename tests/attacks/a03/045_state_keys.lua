-- A3.45: a state with numbers and texts as keys
-- caught by: harmless
-- logs: has keys that are neither

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.state[1] = 1
  resource.state.x = 1
  return true
end

return policy
