-- A4.47: recursion through table.sort
-- caught by: error
-- says: C stack overflow

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function f()
    table.sort({ 3, 2, 1 }, function(a, b) f() return a < b end)
  end
  f()
end

return policy
