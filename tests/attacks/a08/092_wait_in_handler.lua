-- A8.92: a wait in a message handler
-- caught by: harmless
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local said
  xpcall(error, function()
    local ok, why = pcall(timer.sleep, 0.001)
    said = not ok and why
  end, "x")
  assert(not said or tostring(said):find("cannot wait inside"))
  return true
end

return policy
