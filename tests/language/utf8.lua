-- utf8.

assert(utf8.char() == "" and utf8.char(72, 228, 8364, 0x10FFFF) == "H\u{E4}\u{20AC}\u{10FFFF}")
assert(utf8.char(0) == "\0")
assert(utf8.char(0x7F, 0x80, 0x7FF, 0x800) == "\x7F\xC2\x80\xDF\xBF\xE0\xA0\x80")
assert(utf8.char(0x7FFFFFFF) == "\xFD\xBF\xBF\xBF\xBF\xBF" and not pcall(utf8.char, -1))
assert(utf8.charpattern == "[\0-\x7F\xC2-\xFD][\x80-\xBF]*")

local s = "aé€𐍈z"
assert(#s == 11 and utf8.len(s) == 5 and utf8.len("") == 0 and utf8.len(s, 2) == 4)
assert(utf8.len(s, -1) == 1)
assert(utf8.len(s, 2, 3) == 1 and utf8.len(s, 4, 4) == 1 and utf8.len(s, 12) == 0)
local bad, at = utf8.len("ab\xFFcd")
assert(bad == nil and at == 3 and utf8.len("\xC3") == nil and utf8.len("\xED\xA0\x80") == nil)
assert(utf8.len("\u{D800}", 1, -1, true) == 1 and utf8.len("\xF4\x90\x80\x80") == nil)
assert(utf8.len("\xC0\x80") == nil and utf8.len("\xE0\x80\x80") == nil)
assert(select(2, utf8.len("a\x80")) == 2)
assert(not pcall(utf8.len, "abc", 5) and not pcall(utf8.len, "abc", 0, 4))

assert(utf8.codepoint(s) == 97 and utf8.codepoint(s, 2) == 233 and utf8.codepoint(s, 4) == 0x20AC)
assert(select("#", utf8.codepoint(s, 1, -1)) == 5 and select("#", utf8.codepoint(s, 3, 2)) == 0)
assert(not pcall(utf8.codepoint, s, 3) and not pcall(utf8.codepoint, "\xFF"))
assert(not pcall(utf8.codepoint, s, 20))
assert(utf8.codepoint("\u{7FFFFFFF}", 1, 1, true) == 0x7FFFFFFF)
assert(not pcall(utf8.codepoint, "\u{7FFFFFFF}"))

assert(utf8.offset(s, 1) == 1 and utf8.offset(s, 2) == 2 and utf8.offset(s, 3) == 4)
assert(utf8.offset(s, 4) == 7)
assert(utf8.offset(s, 5) == 11 and utf8.offset(s, 6) == 12 and utf8.offset(s, 7) == nil)
assert(utf8.offset(s, -1) == 11 and utf8.offset(s, -2) == 7 and utf8.offset(s, 0, 8) == 7)
assert(utf8.offset("", 1) == 1 and utf8.offset("", 0) == 1 and not pcall(utf8.offset, s, 1, 3))
assert(not pcall(utf8.offset, s, 1, 20))

local t = {}
for position, code in utf8.codes(s) do t[#t + 1] = position .. ":" .. code end
assert(table.concat(t, " ") == "1:97 2:233 4:8364 7:66376 11:122")
assert(not pcall(function() for _ in utf8.codes("ab\xFF") do end end))
assert(not pcall(function() for _ in utf8.codes("\x80") do end end))
for _ in utf8.codes("") do error("never") end
t = {}
for c in s:gmatch(utf8.charpattern) do t[#t + 1] = c end
assert(#t == 5 and t[3] == "€" and table.concat(t) == s)
for code = 0, 0x10FFFF, 997 do
  if code < 0xD800 or code > 0xDFFF then assert(utf8.codepoint(utf8.char(code)) == code) end
end
