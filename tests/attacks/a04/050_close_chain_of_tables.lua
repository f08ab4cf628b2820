-- A4.50: a chain of close variables two hundred calls deep
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local closed = 0
  local meta = { __close = function() closed = closed + 1 end }
  local function nest(n)
    local _ <close> = setmetatable({}, meta)
    if n > 0 then return (nest(n - 1)) end
  end
  nest(150)
  assert(closed == 151)
  return true
end

return policy
