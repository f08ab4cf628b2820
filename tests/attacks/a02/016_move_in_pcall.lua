-- A2.16: table.move in pcall, so that a refusal would go on
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do pcall(table.move, {}, 1, 1 << 40, 2) end
end

return policy
