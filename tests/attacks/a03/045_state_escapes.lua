-- A3.45: a state that is six times longer as JSON
-- caught by: harmless
-- logs: is more than 64 KiB

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.state.text = ("\1"):rep(60000)
  return true
end

return policy
