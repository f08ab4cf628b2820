-- A2.30: a legal chain, asked for a long text
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for _ = 1, 90 do t = setmetatable({}, { __index = t }) end
  local key = ("x"):rep(100000)
  while true do local _ = t[key] end
end

return policy
