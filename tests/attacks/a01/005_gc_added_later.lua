-- A1.5: a finalizer added after setmetatable
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local ran = false
  local meta = {}
  for _ = 1, 100 do setmetatable({}, meta) end
  meta.__gc = function() ran = true while true do end end
  for i = 1, 20000 do local _ = { i } end
  assert(not ran)
  return true
end

return policy
