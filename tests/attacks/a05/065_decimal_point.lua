-- A5.65: numbers with a decimal comma
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(tonumber("1,5") == nil and tostring(1.5) == "1.5")
  assert(("%.1f"):format(2.5) == "2.5")
  return true
end

return policy
