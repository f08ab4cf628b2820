-- A3.41: recursion caught at its end, again and again
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function f() return 1 + f() end
  while true do pcall(f) end
end

return policy
