-- A2.35: garbage beside thousands of things that are none
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local kept = {}
  for i = 1, 5000 do kept[i] = { i } end
  while true do local _ = { 1 } end
end

return policy
