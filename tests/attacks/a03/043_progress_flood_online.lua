-- A3.43: progress texts while it comes online
-- caught by: fuel
-- in: online

local policy = { api = 1 }

function policy.online(resource)
  local text = ("x"):rep(100000)
  while true do resource:progress(text) end
end
function policy.offline() end
function policy.is_alive() return true end

return policy
