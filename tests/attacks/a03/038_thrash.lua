-- A3.38: refused allocations in pcall
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do pcall(string.rep, "x", 1 << 20) end
end

return policy
