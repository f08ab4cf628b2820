-- A10.103: an error that is nil
-- caught by: error
-- says: raised a nil

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  error()
end

return policy
