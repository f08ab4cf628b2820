-- A1.7: __close that raises after the kill, to hide it
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local guard <close> = setmetatable({}, { __close = function() error("all is well", 0) end })
  while true do local _ = guard end
end

return policy
