-- A3.43: stored values read back again and again, kept
-- caught by: memory
local store = require "store"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(store.set("big", ("x"):rep(65536)))
  local kept = {}
  while true do kept[#kept + 1] = store.get("big") .. #kept end
end

return policy
