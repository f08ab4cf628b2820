-- A8.96: a watch without a resource
-- caught by: error
-- says: write resource:watch
local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local watch = resource.watch
  watch({}, print)
end

return policy
