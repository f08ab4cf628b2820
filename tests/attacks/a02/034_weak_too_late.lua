-- A2.34: weak keys by a metatable that is in use
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local meta = {}
  local weak = setmetatable({}, meta)
  meta.__mode = "k"
  for _ = 1, 100 do weak[{}] = true end
  for i = 1, 20000 do local _ = { i } end
  assert(not pcall(next, weak))
  return true
end

return policy
