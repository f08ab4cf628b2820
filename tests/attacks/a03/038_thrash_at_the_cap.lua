-- A3.38: allocations at the very edge of the cap, in pcall
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local hoard = {}
  pcall(function() while true do hoard = { hoard } end end)
  while true do
    pcall(function() local t = {} for i = 1, 1000 do t[i] = {} end end)
  end
end

return policy
