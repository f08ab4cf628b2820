-- Patterns: find, match, gmatch, gsub.

local function whole(s, p)
  local i, e = s:find(p)
  if i then return s:sub(i, e) end
end

-- single characters, classes, sets
assert(whole("aaab", "a*") == "aaa" and whole("aaa", "^.*$") == "aaa" and whole("aaa", "b*") == "")
assert(whole("aaa", "ab*a") == "aa" and whole("aba", "ab*a") == "aba")
assert(whole("aaab", "a+") == "aaa")
assert(whole("aaab", "^.+$") == "aaab" and whole("aaa", "b+") == nil)
assert(whole("aaa", "ab+a") == nil)
assert(whole("aba", "ab+a") == "aba" and whole("a$a", ".$") == "a" and whole("a$a", ".%$") == "a$")
assert(whole("a$a", ".$.") == "a$a" and whole("a$a", "$$") == nil and whole("a$b", "a$") == nil)
assert(whole("", "b*") == "" and whole("aaa", "bb*") == nil and whole("aaab", "a-") == "")
assert(whole("aaa", "^.-$") == "aaa" and whole("aabaaabaaabaaaba", "b.*b") == "baaabaaabaaab")
assert(whole("aabaaabaaabaaaba", "b.-b") == "baaab" and whole("alo xo", ".o$") == "xo")
assert(whole(" \n isto é assim", "%S%S*") == "isto")
assert(whole(" \n isto é assim", "%S*$") == "assim")
assert(whole(" \n isto é assim", "[a-z]*$") == "assim")
assert(whole("um caracter ? extra", "[^%sa-z]") == "?")
assert(whole("", "a?") == "" and whole("á", "á?") == "á" and whole("ábl", "á?b?l?") == "ábl")
assert(whole("aa", "^aa?a?a") == "aa")
assert(whole("]]]áb", "[^]]") == "\xC3" and whole("0alo alo", "%x*") == "0a")
assert(whole("alo alo", "%C+") == "alo alo")
assert(whole("a-z", "[a-]+") == "a-" and whole("x-y", "[%-x]+") == "x-")
assert(whole("]", "[]]") == "]")
assert(whole("^x", "[x^]+") == "^x" and whole("abc]", "[^%]]+") == "abc")

local function class(p)
  local n = 0
  for c = 0, 127 do
    if string.char(c):find(p) then n = n + 1 end
  end
  return n
end
assert(class("%a") == 52 and class("%d") == 10 and class("%l") == 26 and class("%u") == 26)
assert(class("%w") == 62 and class("%x") == 22 and class("%s") == 6 and class("%c") == 33)
assert(class("%p") == 32 and class("%g") == 94 and class("%A") == 76 and class(".") == 128)
assert(class("[%w_]") == 63 and class("[^%w_]") == 65 and class("[a-cx-z]") == 6)
assert(class("[%a-z]") == 53)

-- captures
assert(("key = value"):match("(%w+)%s*=%s*(%w+)") == "key")
local k, v, at = ("key = value"):match("^(%w+)%s*=%s*(%w+)()$")
assert(k == "key" and v == "value" and at == 12)
assert(("0123456789"):match("(.+(.?)())") == "0123456789")
local a, b, c = ("0123456789"):match("(.+(.?)())")
assert(a == "0123456789" and b == "" and c == 11)
assert(("alo"):match("()") == 1 and ("  x"):match("^%s*()") == 3)
assert(("=[=[x]=]"):match("(=*)%[(=*)%[") == "=" and ("aa bb"):match("(%a)%1") == "a")
assert(("xyyx"):match("(.)(.)%2%1") == "x" and ("xyxy"):match("(.)(.)%2%1") == nil)
assert(("alo alo"):match("^(((.).).* (%w*))$") == "alo alo")
assert(("x"):match("(x)") == "x" and ("x"):match("x") == "x" and ("x"):match("y") == nil)
assert(("abc"):match("b", 3) == nil and ("abcb"):match("b()", 3) == 5)
assert(("abc"):match("^b", 2) == "b")

-- %b and %f
assert(whole("(()(x))()", "%b()") == "(()(x))" and whole("((a)", "%b()") == "(a)")
assert(("THE (quick) fox"):find("%((%a+)%)") == 5)
assert(("aaa aa a"):gsub("%f[%w]%a", "x") == "xaa xa x")
assert(("[[]] [][] [[[["):gsub("%f[[].", "x") == "x[]] x]x] x[[[")
assert(("01abc45de3"):gsub("%f[%d]", ".") == ".01abc.45de.3")
assert(("01abc45 de3x"):gsub("%f[%D]%w", ".") == "01.bc45 de3.")
assert(("function"):gsub("%f[\1-\255]%w", ".") == ".unction" and ("x"):find("%f[%z]") == 2)

-- gmatch
local t = {}
for w in ("one two  three"):gmatch("%a+") do t[#t + 1] = w end
assert(table.concat(t, ",") == "one,two,three")
t = {}
for key, value in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do t[key] = value end
assert(t.a == "1" and t.b == "2")
local n = 0
for i in ("abc"):gmatch("()") do n = n + i end
assert(n == 1 + 2 + 3 + 4)
t = {}
for w in ("xuxx uu ppar r"):gmatch("()(.)%2") do t[#t + 1] = w end
assert(table.concat(t, " ") == "3 6 9")
t = {}
for w in ("10 20 30"):gmatch("%d+", 3) do t[#t + 1] = w end
assert(table.concat(t, ",") == "20,30")

-- gsub
assert(("hello world"):gsub("o", "0") == "hell0 w0rld")
local s, count = ("hello world"):gsub("o", "0", 1)
assert(s == "hell0 world" and count == 1)
assert(("abc"):gsub("%w", "%0%0") == "aabbcc" and ("abc"):gsub("%w", "%1") == "abc")
assert(("alo $alo"):gsub("%$(%w+)", { alo = "x" }) == "alo x")
assert(("a b"):gsub("%w", { a = false }) == "a b")
assert(("$name is $age"):gsub("%$(%w+)", function(w) return w:upper() end) == "NAME is AGE")
assert(("abc"):gsub("", "-") == "-a-b-c-" and (""):gsub("^", "r") == "r")
assert(("um (dois)"):gsub("%(%w+%)", "") == "um ")
assert(("  x  "):gsub("^%s*(.-)%s*$", "%1") == "x" and ("abc"):gsub(".", "%%") == "%%%")
assert(("a,b,,c"):gsub(",", ";", 0) == "a,b,,c" and select(2, ("a,b,,c"):gsub(",", ";")) == 3)
assert(("hello"):gsub("l", function() return nil end) == "hello" and ("xyz"):gsub("y", 1) == "x1z")
assert(("abc=xyz"):gsub("(%w*)(%p)(%w+)", "%3%2%1") == "xyz=abc")
local up = ("the quick"):gsub("(%w)(%w*)", function(first, rest) return first:upper() .. rest end)
assert(up == "The Quick")

-- what is no pattern
local function fails(message, f, ...)
  local ok, why = pcall(f, ...)
  assert(not ok and why:find(message, 1, true), message)
end
fails("malformed pattern (ends with '%')", string.find, "a", "%")
fails("malformed pattern (missing ']')", string.find, "a", "[a")
fails("malformed pattern (missing ']')", string.find, "a", "[]")
fails("unfinished capture", string.find, "a", "(a")
fails("invalid pattern capture", string.find, "a", "(a))")
fails("invalid capture index", string.find, "a", "%1")
fails("missing arguments to '%b'", string.find, "a", "%ba")
fails("missing '[' after '%f' in pattern", string.find, "a", "%fa")
fails("invalid use of '%' in replacement string", string.gsub, "alo", ".", "%x")
fails("invalid capture index", string.gsub, "alo", ".", "%2")
fails("invalid replacement value (a table)", string.gsub, "alo", ".", { a = {} })
fails("string/function/table expected", string.gsub, "alo", ".")
fails("too many captures", string.find, "x", ("("):rep(33))
assert(not pcall(string.rep, "x", -1, {}) and ("\0a\0"):match("%z?a%z?") == "\0a\0")
