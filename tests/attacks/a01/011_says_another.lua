-- A1.11: a kill caught and raised as an error of its own
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local _, why = pcall(function() while true do end end)
  error(why or "my own mistake", 0)
end

return policy
