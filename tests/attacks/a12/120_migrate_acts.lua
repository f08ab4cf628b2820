-- A12.120: migrate that performs an operation
-- caught by: error
-- in: migrate
-- says: migrate converts data and performs no operations
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

function policy.migrate(resource, from, state)
  volume.open("/img")
end

return policy
