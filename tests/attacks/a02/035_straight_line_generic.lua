-- A2.35: ten thousand instructions in the body of a generic for
-- caught by: fuel
local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local x = 1.5
  for _ in function() return 1 end do
-- source: expand 10000 "x=x^x "
  end
end

return policy
