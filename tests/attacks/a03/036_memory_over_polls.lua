-- A3.36: memory that grows from poll to poll, in an upvalue
-- caught by: memory

local kept

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _ = 1, 3000 do kept = { kept, {} } end
  return true
end

return policy
