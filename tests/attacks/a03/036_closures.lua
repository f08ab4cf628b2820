-- A3.36: closures that hold one another
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local f
  while true do
    local inner = f
    f = function() return inner end
  end
end

return policy
