-- A3.45: a state of tables that hold one table many times, at every level
-- caught by: harmless
-- logs: where the state exceeds 64 KiB

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local t = {}
  for _ = 1, 12 do t = { t, t, t, t } end
  resource.state.t = t
  return true
end

return policy
