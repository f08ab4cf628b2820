-- A10.103: an error that is a number
-- caught by: error
-- says: raised a number

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  error(21)
end

return policy
