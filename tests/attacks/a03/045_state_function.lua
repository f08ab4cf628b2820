-- A3.45: a function in the state
-- caught by: harmless
-- logs: is a function, which cannot be kept

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.state.f = print
  return true
end

return policy
