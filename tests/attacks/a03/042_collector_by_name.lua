-- A3.42: the collector by a name made at run time
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(rawget(_ENV, "collect" .. "garbage") == nil)
  return true
end

return policy
