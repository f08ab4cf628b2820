-- A1.11: a kill caught and answered as bad health
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  pcall(function() while true do end end)
  return false, "the disk is tired"
end

return policy
