-- A1.13: an error in the error handler
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local ok = xpcall(error, function() error("again") end)
  assert(not ok)
  return true
end

return policy
