-- A2.35: thousands of instructions between two tail calls
-- caught by: fuel
local function slow(x)
-- source: expand 10000 "x=x^x "
  return slow(x)
end

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return slow(1.5)
end

return policy
