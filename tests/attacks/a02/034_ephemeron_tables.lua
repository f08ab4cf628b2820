-- A2.34: many tables made weak later, each marking the next
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local meta = {}
  local tables, key = {}, {}
  local first = key
  for i = 1, 1500 do
    local after = {}
    tables[i] = setmetatable({}, meta)
    tables[i][key] = after
    key = after
  end
  meta.__mode = "k"
  while true do local _ = { first } end
end

return policy
