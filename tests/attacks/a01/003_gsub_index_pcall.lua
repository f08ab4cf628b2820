-- A1.3: gsub looks up in a table whose __index is pcall
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = setmetatable({}, { __index = pcall })
  local s = ("x"):rep(1000)
  while true do pcall(string.gsub, s, ".", t) end
end

return policy
