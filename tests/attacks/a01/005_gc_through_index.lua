-- A1.5: a finalizer that the metatable inherits
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local ran = false
  local meta = setmetatable({}, { __index = { __gc = function() ran = true end } })
  for _ = 1, 5000 do setmetatable({}, meta) end
  assert(not ran)
  return true
end

return policy
