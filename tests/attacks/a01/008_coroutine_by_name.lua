-- A1.8: the coroutine library by a name made at run time
-- caught by: error
-- says: undefined global 'coroutine'

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return _ENV["corou" .. "tine"]
end

return policy
