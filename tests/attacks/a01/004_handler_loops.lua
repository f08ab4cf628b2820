-- A1.4: the message handler of xpcall loops
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  xpcall(function() while true do end end, function() while true do end end)
  return true
end

return policy
