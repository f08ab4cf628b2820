-- A8.91: a yield that no operation made
-- caught by: error
-- says: undefined global 'coroutine'

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return _ENV["corou" .. "tine"].yield()
end

return policy
