-- A2.35: errors that ask for a caller who is thousands of calls away
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function deep(n)
    if n > 0 then return (deep(n - 1)) end
    while true do pcall(error, "x", 1 << 30) end
  end
  deep(1200)
end

return policy
