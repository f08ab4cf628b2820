-- A2.35: thousands of instructions between two gotos, entered in the middle
-- caught by: fuel
local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local x = 1.5
  ::top::
-- source: expand 10000 "x=x^x "
  if x then goto top end
  goto top
end

return policy
