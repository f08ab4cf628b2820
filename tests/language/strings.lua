-- Texts: their library, without patterns.

-- len and #: bytes, zero bytes included
assert(#"" == 0 and #"abc" == 3 and #"\0\0\0" == 3 and ("x"):len() == 1)

-- escapes
assert("\65\066\x43\u{44}" == "ABCD" and "a\z
        b" == "ab" and "\u{7FFFFFFF}" == "\xFD\xBF\xBF\xBF\xBF\xBF")
assert("\a\b\f\n\r\t\v\\\"\'" == "\7\8\12\10\13\9\11\92\34\39")
assert([[
a]] == "a" and [==[]]]==] == "]]" and #[[

]] == 1)
assert("a\
b" == "a\nb")

-- sub
local s = "123456789"
assert(s:sub(2, 4) == "234" and s:sub(7) == "789" and s:sub(7, 6) == "" and s:sub(7, 7) == "7")
assert(s:sub(0, 0) == "" and s:sub(-10, 10) == s and s:sub(1, 9) == s and s:sub(-10, -20) == "")
assert(s:sub(-1) == "9" and s:sub(-4) == "6789" and s:sub(-6, -4) == "456")
assert(s:sub(math.mininteger, -4) == "123456" and s:sub(math.mininteger, math.maxinteger) == s)
assert(s:sub(math.mininteger, math.mininteger) == "")
assert(("\000123456789"):sub(8) == "789")

-- byte and char
assert(("a"):byte() == 97 and ("\xe4"):byte() > 127 and ("\xff"):byte() == 255)
assert(("\0"):byte() == 0 and ("hi"):byte(-1) == 105 and ("hi"):byte(3) == nil)
assert(select("#", ("hi"):byte(3)) == 0 and select("#", ("hi"):byte(1, -1)) == 2)
assert(("hi"):byte(-10, 100) == 104 and string.char() == "")
assert(string.char(0, 255, 0) == "\0\255\0")
assert(string.char(("\xe4l\0óu"):byte(1, -1)) == "\xe4l\0óu")
assert(not pcall(string.char, 256) and not pcall(string.char, -1))
assert(not pcall(string.char, math.maxinteger) and not pcall(string.char, math.mininteger))

-- upper, lower, reverse, rep
assert(("ab\0c"):upper() == "AB\0C" and ("\0ABCc%$"):lower() == "\0abcc%$")
assert(("áÁ"):upper() == "áÁ")
assert((""):reverse() == "" and ("\0\1\2\3"):reverse() == "\3\2\1\0")
for i = 0, 30 do assert(#("a"):rep(i) == i) end
assert(("teste"):rep(0) == "" and ("tés\00tê"):rep(2) == "tés\0têtés\000tê" and (""):rep(10) == "")
assert(("teste"):rep(0, "xuxu") == "" and ("teste"):rep(1, "xuxu") == "teste")
assert(("\1\0\1"):rep(2, "\0\0") == "\1\0\1\0\0\1\0\1" and (""):rep(10, ".") == ("."):rep(9))
assert(("x"):rep(-1) == "" and ("x"):rep(math.mininteger) == "")
assert(not pcall(string.rep, "aa", 1 << 62) and not pcall(string.rep, "", 1 << 62, "aa"))

-- plain find
assert(("123456789"):find("345") == 3 and ("1234567890123456789"):find("345", 4) == 13)
assert(("1234567890123456789"):find("346", 4) == nil)
assert(("1234567890123456789"):find(".45", -9) == 13)
assert(("abcdefg"):find("\0", 5, 1) == nil and (""):find("") == 1 and (""):find("", 1) == 1)
assert((""):find("", 2) == nil and (""):find("aaa", 1) == nil)
assert(("alo(.)alo"):find("(.)", 1, 1) == 4)
local a, b = ("123456789"):find("345")
assert(a == 3 and b == 5)
a, b = ("alo123alo"):find("12")
assert(a == 4 and b == 5 and ("aaab"):find("b", -1, true) == 4)

-- tostring and tonumber
assert(tostring(12) == "12" and tostring(-1203) == "-1203" and tostring(1203.125) == "1203.125")
assert(tostring(-0.5) == "-0.5" and tostring(-32767) == "-32767" and tostring(4.0) == "4.0")
assert(tostring(math.maxinteger) == "9223372036854775807" and tostring(true) == "true")
assert(tostring(1e15) == "1e+15" and tostring(0.1) == "0.1" and tostring(-0.0) == "-0.0")
assert(tostring(1 / 0) == "inf" and tostring(-1 / 0) == "-inf" and tostring(nil) == "nil")
assert(tonumber("0x10") == 16 and tonumber("  10  ") == 10 and tonumber("1e1") == 10.0)
assert(tonumber("0x1p4") == 16.0 and tonumber("0x.8") == 0.5 and tonumber(".5") == 0.5)
assert(tonumber("") == nil and tonumber(" ") == nil and tonumber("1 2") == nil)
assert(tonumber("0x") == nil)
assert(tonumber("1e") == nil and tonumber("inf") == nil and tonumber("nan") == nil)
assert(tonumber("9223372036854775807") == math.maxinteger)
assert(math.type(tonumber("9223372036854775808")) == "float")
assert(tonumber("0xffffffffffffffff") == -1 and tonumber("0x1ffffffffffffffff") == -1)
assert(tonumber("10", 36) == 36 and tonumber("zz", 36) == 35 * 36 + 35)
assert(tonumber("-ff", 16) == -255)
assert(tonumber("9", 8) == nil and tonumber("1.0", 10) == nil and tonumber("  11 ", 2) == 3)
assert(not pcall(tonumber, "1", 1) and not pcall(tonumber, "1", 37) and not pcall(tonumber, 1, 10))
assert(tonumber({}) == nil and tonumber(nil) == nil and not pcall(tonumber))

-- order
assert("alo" < "alo1" and "" < "a" and "alo\0alo" < "alo\0b" and "alo\0alo\0\0" > "alo\0alo\0")
assert("alo" < "alo\0" and "alo\0" > "alo" and "\0" < "\1" and "\0\0" < "\0\1")
assert("\1\0a\0a" <= "\1\0a\0b")
assert(not ("\1\0a\0b" <= "\1\0a\0a") and "\0\0\0" < "\0\0\0\0" and not ("\0\0\0\0" < "\0\0\0"))
assert("Z" < "a" and "a" <= "a" and not ("a" < "a") and "abc" >= "abb")

-- concatenation
assert("a" .. 1 == "a1" and 1 .. 2 == "12" and 1.5 .. "" == "1.5")
assert(2 ^ 53 .. "" == "9.007199254741e+15")
assert("a" .. "b" .. "c" .. "d" == "abcd" and -1 .. "" == "-1")
local t = {}
for i = 1, 300 do t[i] = i % 10 end
assert(#table.concat(t) == 300)
local long = ""
for _ = 1, 100 do long = long .. "0123456789" end
assert(#long == 1000 and long:sub(501, 510) == "0123456789")
