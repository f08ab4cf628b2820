-- A3.45: a state of empty lists, as many as fit
-- caught by: harmless
-- never logs: resource.state was not saved

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local t = {}
  for i = 1, 8000 do t[i] = {} end
  resource.state.t = t
  return true
end

return policy
