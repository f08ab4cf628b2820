-- A6.73: a forged error object
-- caught by: error
-- says: an error is a text or what an operation answered

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  error({ code = 21, op = "volume.offline", name = "ERROR_NOT_READY" })
end

return policy
