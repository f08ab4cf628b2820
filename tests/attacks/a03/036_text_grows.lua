-- A3.36: a text that grows little by little
-- caught by: memory
-- limit: fuel 200000000

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ""
  while true do s = s .. "0123456789abcdef" end
end

return policy
