-- A2.35: characters made one by one
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do local _ = utf8.char(1, 2, 3, 4, 5, 6, 7, 8, 9) end
end

return policy
