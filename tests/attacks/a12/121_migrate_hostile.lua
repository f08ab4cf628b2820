-- A12.121: migrate that answers a state that cannot be kept
-- caught by: harmless
-- in: migrate
-- logs: resource.state was not saved

local policy = { api = 1 }

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

function policy.migrate(resource, from, state)
  return { f = print, t = setmetatable({}, { __index = function() while true do end end }) }
end

return policy
