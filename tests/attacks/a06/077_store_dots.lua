-- A6.77: keys of dots, and those of the host's own records
-- caught by: harmless
-- never logs: resource.state begins empty
local store = require "store"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local keys = {
    ".", "..", "...", ".x", ".state", ".state.aside", ".versions", ".online", ".score",
    "../x", "./state", "records/state",
  }
  for _, key in ipairs(keys) do
    local got, why = pcall(store.get, key)
    assert(not got and why:find("must not begin with a dot", 1, true), key)
    local set, because = pcall(store.set, key, "{}")
    assert(not set and because:find("must not begin with a dot", 1, true), key)
  end
  -- A name that the host has, too, is another one here.
  for _, key in ipairs({ "state", "state.aside", "versions", "online", "health", "score" }) do
    assert(store.get(key) == nil)
    assert(store.set(key, "not the host's"))
    assert(store.get(key) == "not the host's")
  end
  resource.state.n = 1
  return true
end

return policy
