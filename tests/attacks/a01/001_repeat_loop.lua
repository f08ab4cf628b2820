-- A1.1: a loop in online
-- caught by: fuel
-- in: online

local policy = { api = 1 }

function policy.online()
  local n = 0
  repeat n = n + 1 until n < 0
end
function policy.offline() end
function policy.is_alive() return true end

return policy
