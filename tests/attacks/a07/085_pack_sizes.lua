-- A7.85: string.pack with sizes out of range
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _, f in ipairs({ "i17", "i0", "!17", "s17", "Xz", "X", "i99999999999", "!3i", "q", "c" }) do
    assert(not pcall(string.pack, f, 1))
  end
  assert(not pcall(string.packsize, "s8"))
  assert(not pcall(string.packsize, "z"))
  assert(not pcall(string.packsize, ("c2147483647"):rep(3)))
  return true
end

return policy
