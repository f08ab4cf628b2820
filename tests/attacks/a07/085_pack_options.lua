-- A7.85: a format of a hundred thousand options
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local f = ("!8<"):rep(30000)
  while true do string.pack(f) end
end

return policy
