-- A2.26: gmatch over a long text, again and again
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s = ("x"):rep(100000)
  while true do
    for _ in s:gmatch(".") do end
  end
end

return policy
