-- A2.35: floats that are slow to write
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local x = 1.7976931348623157e308
  while true do local _ = x .. "" end
end

return policy
