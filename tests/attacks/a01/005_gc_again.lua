-- A1.5: setmetatable a second time, with a finalizer by now
-- caught by: error
-- says: policies have no __gc

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local meta = {}
  local t = setmetatable({}, meta)
  rawset(meta, "__gc", function() end)
  setmetatable(t, meta)
end

return policy
