-- A8.96: a watch that begins another and ends
-- caught by: error
-- in: watch
-- says: the watch ended

local policy = { api = 1 }

function policy.online(resource)
  resource:watch(function()
    for _ = 1, 100 do
      pcall(resource.watch, resource, function() return true end)
    end
  end)
end
function policy.offline() end
function policy.is_alive() return true end

return policy
