-- A1.1: an iterator that never ends
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _ in function() return 1 end do end
end

return policy
