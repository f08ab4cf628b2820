-- A1.1: tail calls without end
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function f() return f() end
  return f()
end

return policy
