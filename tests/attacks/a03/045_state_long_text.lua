-- A3.45: a state with one long text
-- caught by: harmless
-- logs: is more than 64 KiB

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.state.text = ("x"):rep(100000)
  return true
end

return policy
