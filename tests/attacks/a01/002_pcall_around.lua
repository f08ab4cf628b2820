-- A1.2: pcall around the kill, again and again
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do
    pcall(function() while true do end end)
  end
end

return policy
