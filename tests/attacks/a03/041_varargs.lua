-- A3.41: ever more arguments
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function f(...) return (f(1, ...)) end
  return f()
end

return policy
