-- A1.11: a killed script that returns in good order
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  pcall(function() while true do end end)
  return true
end

return policy
