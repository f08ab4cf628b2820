-- A1.2: pcall(pcall, pcall, ...) in a loop
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do pcall(pcall, pcall, pcall, error, "x") end
end

return policy
