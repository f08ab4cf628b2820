-- A11.114: the order of texts is that of their bytes
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert("Z" < "a" and "a" < "\xC3\xA4" and "a\0b" > "a\0a" and "a" < "a\0")
  return true
end

return policy
