-- A3.38: tables that grow until refused, each in pcall
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do
    pcall(function() local t = {} for i = 1, 1 << 40 do t[i] = i end end)
  end
end

return policy
