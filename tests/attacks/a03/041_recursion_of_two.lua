-- A3.41: two functions that call each other
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local g
  local function f(...) return (g(1, ...)) end
  function g(...) return (f(2, ...)) end
  return f()
end

return policy
