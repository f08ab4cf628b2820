-- A6.77: keys that would leave the store
-- caught by: harmless
local store = require "store"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local bad = { "", "../x", "a/b", "A", "x\0", ("x"):rep(65), " ", "x y", 1, {}, "é" }
  for _, key in ipairs(bad) do
    assert(not pcall(store.get, key))
    assert(not pcall(store.set, key, "x"))
  end
  assert(not pcall(store.set, "x", ("x"):rep(65537)))
  assert(not pcall(store.set, "x", {}))
  assert(store.set("x", "\0\255"))
  assert(store.get("x") == "\0\255")
  return true
end

return policy
