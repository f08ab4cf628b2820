-- A12.120: migrate that takes all memory
-- caught by: memory
-- in: migrate

local policy = { api = 1 }

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

function policy.migrate(resource, from, state)
  local t
  while true do t = { t } end
end

return policy
