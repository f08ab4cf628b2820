-- A2.35: floating point that is slow in hardware
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  while true do math.fmod(1e308, 5e-324) end
end

return policy
