-- A6.73: a handle used by a watch
-- caught by: error
-- in: watch
-- says: attempt to index a nil value

local kept = nil

local policy = { api = 1 }

function policy.online(resource)
  resource:watch(function()
    timer.sleep(0.001)
    kept:lock()
  end)
end
function policy.offline() end
function policy.is_alive() return true end

return policy
