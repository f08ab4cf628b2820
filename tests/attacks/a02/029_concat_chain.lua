-- A2.29: a chain of concatenations
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("x"):rep(10000)
  while true do local _ = s .. s .. s .. s .. s .. s end
end

return policy
