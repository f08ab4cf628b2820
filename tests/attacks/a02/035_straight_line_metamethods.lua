-- A2.35: thousands of instructions in a metamethod
-- caught by: fuel
local meta = {}
function meta.__index(_, x)
-- source: expand 10000 "x=x^x "
  return x
end
local t = setmetatable({}, meta)

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do local _ = t[1.5] end
end

return policy
