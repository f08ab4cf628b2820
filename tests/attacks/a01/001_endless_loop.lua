-- A1.1: an endless loop
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do end
end

return policy
