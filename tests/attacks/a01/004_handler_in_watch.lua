-- A1.4: a looping message handler in a watch
-- caught by: fuel
-- in: watch

local policy = { api = 1 }

function policy.online(resource)
  resource:watch(function()
    xpcall(error, function() while true do end end, "x")
  end)
end
function policy.offline() end
function policy.is_alive() return true end

return policy
