-- A3.36: a text that doubles
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = "x"
  while true do s = s .. s end
end

return policy
