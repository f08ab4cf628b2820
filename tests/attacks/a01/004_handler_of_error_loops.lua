-- A1.4: a message handler that loops on an ordinary error
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  xpcall(error, function() while true do end end, "x")
  return true
end

return policy
