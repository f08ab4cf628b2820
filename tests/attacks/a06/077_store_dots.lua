-- A6.77: keys of dots, and that of the state
-- caught by: harmless
local store = require "store"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  for _, key in ipairs({ ".", "..", ".state", "...", ".x" }) do
    pcall(store.get, key)
    pcall(store.set, key, "{}")
  end
  resource.state.n = 1
  return true
end

return policy
