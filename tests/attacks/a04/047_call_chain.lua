-- A4.47: a __call that is a __call that is a __call
-- caught by: error
-- says: attempt to call a table value

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local f = setmetatable({}, {})
  for _ = 1, 1000 do f = setmetatable({}, { __call = f }) end
  return f()
end

return policy
