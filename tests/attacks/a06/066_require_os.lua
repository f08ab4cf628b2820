-- A6.66: io and os by require
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _, name in ipairs({ "io", "os", "debug", "package", "coroutine", "ffi", "jit", "_G" }) do
    assert(not pcall(require, name))
  end
  return true
end

return policy
