-- A3.45: a state that contains itself
-- caught by: harmless
-- logs: is a table that contains itself

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.state.me = resource.state
  return true
end

return policy
