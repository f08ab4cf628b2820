-- A10.104: a flood by print
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do print("x") end
end

return policy
