-- A2.35: the same with fuel to spare
-- caught by: time
-- limit: fuel 200000000
local function slow(x)
-- source: expand 16000 "x=x^x "
  return x
end

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do slow(1.5) end
end

return policy
