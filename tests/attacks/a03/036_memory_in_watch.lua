-- A3.36: memory in a watch
-- caught by: memory
-- in: watch

local policy = { api = 1 }

function policy.online(resource)
  resource:watch(function()
    local t
    while true do t = { t } end
  end)
end
function policy.offline() end
function policy.is_alive() return true end

return policy
