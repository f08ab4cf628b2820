-- A3.43: progress texts, which the host keeps
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local text = ("x"):rep(1024)
  while true do resource:progress(text) end
end

return policy
