-- A12.121: migrate that answers what is no state
-- caught by: error
-- in: migrate
-- says: migrate answered a number

local policy = { api = 1 }

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

function policy.migrate(resource, from, state)
  return 1
end

return policy
