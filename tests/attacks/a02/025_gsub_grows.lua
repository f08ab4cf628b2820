-- A2.25: a replacement that grows with every turn
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = "x"
  while true do s = s:gsub(".", "%0%0%0%0") end
end

return policy
