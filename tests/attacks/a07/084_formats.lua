-- A7.84: formats of all kinds
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local bad = { "%", "%5", "%10.123f", "%0123d", "%ll", "%n", "%*d", "%1$d", "%y", "%#i", "%10q" }
  for _, f in ipairs(bad) do assert(not pcall(string.format, f, 1)) end
  assert(#("%99.99f"):format(-1e308) < 420)
  assert(not pcall(string.format, "%d", 1.5))
  assert(not pcall(string.format, "%c"))
  return true
end

return policy
