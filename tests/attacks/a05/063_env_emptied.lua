-- A5.63: _ENV set to nil
-- caught by: error
-- says: attempt to index a nil value

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  _ENV = nil
  return print
end

return policy
