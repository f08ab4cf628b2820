-- A3.36: results kept by the caller of gsub
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local kept = {}
  local s = ("x"):rep(5000)
  while true do s:gsub(".", function(c) kept[#kept + 1] = { c } end) end
end

return policy
