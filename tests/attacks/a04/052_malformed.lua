-- A4.52: patterns that end in the middle
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local bad = { "[", "[^", "[]", "%", "[%", "%b", "%bx", "%f", "(", "x)%a", "%1", "[a-", "(()" }
  for _, p in ipairs(bad) do
    assert(not pcall(string.find, "xxx", p), p)
  end
  return true
end

return policy
