-- A2.33: a long text where a number is wanted
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("0"):rep(39) .. "1"
  assert(not pcall(math.abs, "0" .. s))
  while true do math.abs(s) end
end

return policy
