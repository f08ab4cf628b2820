-- A1.7: fifty __close, each with a loop of its own
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local meta = { __close = function() pcall(function() while true do end end) end }
  local function nest(depth)
    local guard <close> = setmetatable({}, meta)
    if depth > 0 then nest(depth - 1) end
    while true do local _ = guard end
  end
  nest(50)
  return true
end

return policy
