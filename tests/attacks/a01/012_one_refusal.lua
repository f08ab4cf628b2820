-- A1.12: one refused block, caught, is an ordinary error
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local ok, why = pcall(string.rep, "x", 200000)
  assert(not ok and why == "not enough memory")
  return true
end

return policy
