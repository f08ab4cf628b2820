-- A6.77: paths of all kinds
-- caught by: harmless
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  for _, path in ipairs({ "", "/img\0/etc", ("x"):rep(5000), 1, true, {}, resource }) do
    assert(not pcall(volume.open, path))
  end
  assert(not pcall(volume.open))
  assert(not pcall(volume.open, "/img", "/img"))
  return true
end

return policy
