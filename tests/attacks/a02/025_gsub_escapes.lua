-- A2.25: a replacement of nothing but escapes
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return (("x"):rep(1000):gsub("x", ("%0"):rep(1000)))
end

return policy
