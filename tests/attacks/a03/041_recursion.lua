-- A3.41: recursion that is no tail call
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function f() return 1 + f() end
  return f()
end

return policy
