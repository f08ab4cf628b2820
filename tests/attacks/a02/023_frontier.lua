-- A2.23: a frontier at every place, with a wide set
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do ("a"):rep(100000):find("%f[%z" .. ("b"):rep(500) .. "]") end
end

return policy
