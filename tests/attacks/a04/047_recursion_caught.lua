-- A4.47: C stack overflows caught in a loop
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function f(s) return (s:gsub(".", f)) end
  while true do pcall(f, "x") end
end

return policy
