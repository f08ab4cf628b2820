-- A2.21: backtracking under gsub, with a callback
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("a"):rep(60)
  s:gsub("(" .. ("a-"):rep(20) .. ")b", function(c) return c end)
  return true
end

return policy
