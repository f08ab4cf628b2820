-- A3.38: replacements that are refused, each in pcall
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("x"):rep(1000)
  while true do pcall(string.gsub, s, "x", s) end
end

return policy
