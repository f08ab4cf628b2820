-- A3.37: blocks just below the limit, kept
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  while true do t[#t + 1] = ("x"):rep(130000) .. #t end
end

return policy
