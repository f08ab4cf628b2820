-- A3.36: a text that grows by one
-- caught by: memory
-- limit: fuel 200000000

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ""
  while true do s = s .. "x" end
end

return policy
