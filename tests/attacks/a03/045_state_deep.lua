-- A3.45: a state of a thousand levels
-- caught by: harmless
-- logs: is more than 16 tables deep

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local t = resource.state
  for _ = 1, 1000 do
    t.a = {}
    t = t.a
  end
  return true
end

return policy
