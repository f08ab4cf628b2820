-- A1.11: a kill caught and told by resource:fail
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  pcall(function() while true do end end)
  resource:fail("not me")
end

return policy
