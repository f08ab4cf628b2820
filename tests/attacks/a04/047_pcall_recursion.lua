-- A4.47: recursion through pcall
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function f() return pcall(f) end
  f()
  return true
end

return policy
