-- A2.33: utf8.len of a long text
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("x"):rep(100000)
  while true do utf8.len(s) end
end

return policy
