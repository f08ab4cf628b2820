-- A8.96: a watch that ends at once
-- caught by: error
-- in: watch
-- says: the watch ended

local policy = { api = 1 }

function policy.online(resource)
  resource:watch(function()
    return true
  end)
end
function policy.offline() end
function policy.is_alive() return true end

return policy
