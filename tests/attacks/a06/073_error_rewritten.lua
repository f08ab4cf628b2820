-- A6.73: an error object with its fields rewritten
-- caught by: error
-- says: failed
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local _, err = volume.open("/fail")
  err.code = 1 << 40
  err.op = {}
  err.name = print
  err.attempts = "many"
  err.detail = ("x"):rep(100000)
  error(err)
end

return policy
