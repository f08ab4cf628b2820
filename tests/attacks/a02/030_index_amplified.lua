-- A2.30: a legal chain, walked again and again
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for _ = 1, 90 do t = setmetatable({}, { __index = t }) end
  while true do local _ = t.x end
end

return policy
