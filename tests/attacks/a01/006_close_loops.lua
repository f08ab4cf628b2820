-- A1.6: a __close that loops after the kill
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local guard <close> = setmetatable({}, { __close = function() while true do end end })
  while true do local _ = guard end
end

return policy
