-- A10.105: an error that is a format to the host
-- caught by: error
-- says: {:>1000000000} %s%n {

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  error("{:>1000000000} %s%n {", 0)
end

return policy
