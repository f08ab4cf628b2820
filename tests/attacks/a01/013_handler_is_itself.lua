-- A1.13: a message handler that calls itself through errors
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function handler(m) return handler(m) .. error(m) end
  local ok = xpcall(error, function(m) error(m) end, "x")
  assert(not ok)
  assert(not xpcall(error, handler, "x"))
  return true
end

return policy
