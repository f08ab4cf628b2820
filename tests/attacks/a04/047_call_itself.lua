-- A4.47: a __call that is the table itself
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = setmetatable({}, {})
  getmetatable(t).__call = t
  return t()
end

return policy
