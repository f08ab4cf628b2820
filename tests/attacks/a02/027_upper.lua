-- A2.27: upper of a long text: one instruction, a hundred thousand steps
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("x"):rep(100000)
  while true do s:upper() end
end

return policy
