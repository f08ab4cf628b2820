-- A4.51: error messages about a value at the end of a long function
-- caught by: fuel
local function wrong(x)
-- source: expand 10000 "x=x+1 "
  return x()
end

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do pcall(wrong, 1) end
end

return policy
