-- A2.34: a table made weak after setmetatable, filled so that collecting is quadratic
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local meta = {}
  local weak = setmetatable({}, meta)
  meta.__mode = "k"
  local keys = {}
  for i = 1, 2000 do keys[i] = {} end
  for i = 1999, 1, -1 do weak[keys[i]] = keys[i + 1] end
  keys = keys[1]
  while true do local _ = { keys } end
end

return policy
