-- A1.1: an endless loop in a watch
-- caught by: fuel
-- in: watch

local policy = { api = 1 }

function policy.online(resource)
  resource:watch(function()
    while true do end
  end)
end
function policy.offline() end
function policy.is_alive() return true end

return policy
