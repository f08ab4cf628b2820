-- A3.36: memory in online
-- caught by: memory
-- in: online

local policy = { api = 1 }

function policy.online()
  local t
  while true do t = { t } end
end
function policy.offline() end
function policy.is_alive() return true end

return policy
