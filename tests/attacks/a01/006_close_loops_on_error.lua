-- A1.6: a __close that loops while an error passes
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  pcall(function()
    local guard <close> = setmetatable({}, { __close = function() while true do end end })
    error(guard)
  end)
  return true
end

return policy
