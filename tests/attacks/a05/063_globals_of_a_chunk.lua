-- A5.63: _ENV replaced by a table of its own
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local _ENV = { assert = assert, rawget = rawget }
  x = 1
  assert(x == 1 and io == nil)
  return true
end

return policy
