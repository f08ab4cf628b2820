-- A1.4: a message handler that catches its own kills
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function loop() while true do end end
  local function handler() while true do pcall(loop) end end
  while true do xpcall(loop, handler) end
end

return policy
