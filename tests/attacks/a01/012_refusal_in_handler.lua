-- A1.12: a refused block in a message handler
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do
    xpcall(error, function() return ("x"):rep(200000) end)
  end
end

return policy
