-- A3.45: a state of numbers that JSON does not have
-- caught by: harmless
-- logs: is not a finite number

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.state.n = 0 / 0
  return true
end

return policy
