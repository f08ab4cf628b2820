-- A12.120: migrate that loops
-- caught by: fuel
-- in: migrate

local policy = { api = 1 }

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

function policy.migrate(resource, from, state)
  while true do end
end

return policy
