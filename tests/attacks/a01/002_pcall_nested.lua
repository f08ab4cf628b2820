-- A1.2: pcall around pcall, a hundred deep
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local f = function() while true do end end
  for _ = 1, 100 do
    local inner = f
    f = function()
      pcall(inner)
      pcall(inner)
    end
  end
  f()
  return true
end

return policy
