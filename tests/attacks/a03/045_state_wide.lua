-- A3.45: a state of more than 64 KiB
-- caught by: harmless
-- logs: where the state exceeds 64 KiB

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  for i = 1, 3000 do resource.state["one of the keys of the state, number " .. i] = i end
  return true
end

return policy
