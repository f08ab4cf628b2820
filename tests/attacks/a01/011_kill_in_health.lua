-- A1.11: a kill that health.all takes for a failed check
-- caught by: fuel

local health = require "health"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return health.all({ { "busy", function() while true do end end } })
end

return policy
