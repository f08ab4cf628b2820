-- A1.2: pcall around a death by time
-- caught by: time
-- limit: fuel 200000000

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do
    pcall(function() while true do end end)
  end
end

return policy
