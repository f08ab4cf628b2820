-- A2.33: utf8.codepoint of many at once
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("x"):rep(1500)
  while true do local _ = utf8.codepoint(s, 1, -1) end
end

return policy
