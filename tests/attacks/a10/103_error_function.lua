-- A10.103: an error that is a function
-- caught by: error
-- says: raised a function

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  error(print)
end

return policy
