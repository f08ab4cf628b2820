-- A4.47: recursion through __close
-- caught by: error
-- says: C stack overflow

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local meta = {}
  meta.__close = function() local _ <close> = setmetatable({}, meta) end
  local _ <close> = setmetatable({}, meta)
end

return policy
