-- A1.12: refused blocks, caught again and again
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do pcall(string.rep, "x", 200000) end
end

return policy
