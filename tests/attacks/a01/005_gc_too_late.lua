-- A1.5: a finalizer in a metatable that is in use
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local ran = false
  local meta = {}
  setmetatable({}, meta)
  meta.__gc = function() ran = true end
  setmetatable({}, {})
  for i = 1, 20000 do local _ = { i } end
  assert(not ran)
  return true
end

return policy
