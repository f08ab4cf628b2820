-- A2.35: numbers printed with all their digits
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do local _ = ("%99.99f"):format(1e308) end
end

return policy
