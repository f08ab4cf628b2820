-- A10.108: an error from thousands of calls deep
-- caught by: error
-- says: deep

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function f(n)
    if n == 0 then error("deep") end
    return (f(n - 1))
  end
  f(1200)
end

return policy
