-- A4.49: gmatch with a pattern that recurses
-- caught by: error
-- says: pattern too complex

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _ in ("x"):rep(100000):gmatch(("x?"):rep(250)) do end
end

return policy
