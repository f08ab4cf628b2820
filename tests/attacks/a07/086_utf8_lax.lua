-- A7.86: utf8 at and beyond its ends
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(not pcall(utf8.char, 0x80000000))
  assert(not pcall(utf8.char, -1))
  assert(utf8.codepoint(utf8.char(0x7FFFFFFF), 1, 1, true) == 0x7FFFFFFF)
  assert(utf8.len("\xFF") == nil)
  assert(utf8.len("\xFD\xBF\xBF\xBF\xBF\xBF", 1, -1, true) == 1)
  assert(not pcall(utf8.codepoint, "\xF7\xBF\xBF\xBF"))
  assert(not pcall(utf8.len, "x", math.maxinteger))
  assert(not pcall(utf8.offset, "x", math.mininteger, 5))
  return true
end

return policy
