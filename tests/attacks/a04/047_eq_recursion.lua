-- A4.47: recursion through __eq and __lt
-- caught by: error
-- says: C stack overflow

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local meta = {}
  local function new() return setmetatable({}, meta) end
  meta.__eq = function() return new() < new() end
  meta.__lt = function() return new() == new() end
  return new() == new()
end

return policy
