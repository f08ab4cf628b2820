-- A1.3: a loop of pcalls inside gsub: no instruction between two catches
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("x"):rep(1000)
  while true do s:gsub(".", pcall) end
end

return policy
