-- A7.85: string.unpack at places that are none
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _, at in ipairs({ math.mininteger, math.maxinteger, 10, -10 }) do
    pcall(string.unpack, "s8", "abcdefgh", at)
  end
  assert(not pcall(string.unpack, "s8", ("\255"):rep(8)))
  assert(not pcall(string.unpack, "z", "x"))
  assert(not pcall(string.unpack, "c9", "12345678"))
  assert(not pcall(string.unpack, "i16", ("\127"):rep(16)))
  return true
end

return policy
