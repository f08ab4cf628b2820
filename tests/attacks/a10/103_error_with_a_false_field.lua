-- A10.103: a real error object with hostile fields
-- caught by: error
-- says: failed
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local _, err = volume.open("/fail")
  rawset(err, "op", setmetatable({}, { __tostring = function() while true do end end }))
  rawset(err, "code", 0 / 0)
  rawset(err, "detail", {})
  assert(tostring(err) ~= nil)
  error(err)
end

return policy
