-- A2.30: an __index chain of 1900 tables, walked again and again
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for _ = 1, 1900 do t = setmetatable({}, { __index = t }) end
  while true do local _ = t.x end
end

return policy
