-- A4.47: recursion through gsub
-- caught by: error
-- says: C stack overflow

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function f(s) return (s:gsub(".", f)) end
  return f("x")
end

return policy
