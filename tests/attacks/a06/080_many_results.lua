-- A6.80: as many results as fit
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = table.pack(("x"):rep(1500):byte(1, -1))
  assert(t.n == 1500)
  assert(select("#", table.unpack(t, 1, t.n)) == 1500)
  return true
end

return policy
