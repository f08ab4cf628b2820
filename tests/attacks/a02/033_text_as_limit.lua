-- A2.33: a loop whose limit is a text
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local limit = "  " .. ("9"):rep(30) .. "e308"
  while true do
    for _ = 1, limit do break end
  end
end

return policy
