-- A11.112: the same with fuel to spare
-- caught by: time
-- limit: fuel 200000000

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for i = 1, 3000 do t[i * 4095] = true end
  while true do local _ = t[0] end
end

return policy
