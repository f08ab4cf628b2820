-- A1.3: gsub calls pcall on a loop
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function loop() while true do end end
  local s = ("x"):rep(1000)
  s:gsub(".", function() pcall(loop) end)
  return true
end

return policy
