-- A1.9: the debug library by rawget
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(rawget(_ENV, "debug") == nil)
  return true
end

return policy
