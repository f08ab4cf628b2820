-- string.format.

local function f(...) return (string.format(...)) end

assert(f("%d %5d|%-5d|%05d|%+d", 1, 2, 3, 4, 5) == "1     2|3    |00004|+5")
assert(f("%x %X %#x %o", 255, 255, 255, 8) == "ff FF 0xff 10" and f("%i", -7) == "-7")
assert(f("%x", -1) == "ffffffffffffffff")
assert(f("%u", 3) == "3")
assert(f("%d", 3.0) == "3" and f("%d", "10") == "10" and not pcall(f, "%d", 3.5))
assert(not pcall(f, "%d", "3.5") and not pcall(f, "%d", 2 ^ 63) and not pcall(f, "%d", {}))
assert(f("%d", math.mininteger) == "-9223372036854775808")
assert(f("%.3d", 7) == "007" and f("%8.3d|", 7) == "     007|" and f("% d", 7) == " 7")

assert(f("%f %.2f %.0f", 1, 2.375, 3.5) == "1.000000 2.38 4")
assert(f("%5.1f|%-8.3f|", 3.14159, 1) == "  3.1|1.000   |")
assert(f("%e", 12345.678) == "1.234568e+04" and f("%g %g %g", 1e20, 0.1, 100) == "1e+20 0.1 100")
assert(f("%.14g", 0.1) == "0.1" and f("%.17g", 0.1) == "0.10000000000000001")
assert(f("%.3f", 1 / 0) == "inf" and f("%.3f", -1 / 0) == "-inf" and f("%5.1f", 0) == "  0.0")
assert(f("%a", 1) == "0x1p+0" and f("%a", 0.5) == "0x1p-1" and f("%.1a", 1) == "0x1.0p+0")
assert(f("%#.0f", 1) == "1." and f("%+.1f", 1) == "+1.0")

assert(f("%s %s %s", 1, true, nil) == "1 true nil" and f("%s", "\0x") == "\0x" and f("%%") == "%")
assert(f("%5s|%-5s|%.2s|%5.1s|", "a", "b", "cde", "xyz") == "    a|b    |cd|    x|")
assert(f("%s", setmetatable({}, { __tostring = function() return "me" end })) == "me")
assert(f("%-8s|", setmetatable({}, { __tostring = function() return "me" end })) == "me      |")
assert(not pcall(f, "%s", setmetatable({}, { __tostring = function() return {} end })))
assert(f("%c%c%c", 76, 117, 97) == "Lua" and f("%c", 0) == "\0" and f("%3c|", 65) == "  A|")
assert(f("") == "" and f("x", 1, 2, 3) == "x" and f("%1s%1s", "a", "b") == "ab")

-- %q reads back
assert(f("%q", 'a"b\\c\nd\0e\r\t') == '"a\\"b\\\\c\\\nd\\0e\\13\\9"')
assert(f("%q", "\0001") == '"\\0001"')
assert(f("%q", 1) == "1" and f("%q", math.mininteger) == "0x8000000000000000")
assert(f("%q", true) == "true")
assert(f("%q", 0.5) == "0x1p-1" and f("%q", 1 / 0) == "1e9999" and f("%q", nil) == "nil")

local function fails(message, ...)
  local ok, why = pcall(string.format, ...)
  assert(not ok and why:find(message, 1, true), why)
end
fails("bad argument #2", "%d")
fails("bad argument #3", "%d %d", 1)
fails("invalid conversion '%y' to 'format'", "%y", 1)
fails("invalid conversion", "%123d", 1)
fails("invalid conversion", "%.123d", 1)
fails("invalid conversion", "%0.34s", "x")
fails("invalid conversion", "%#i", 1)
fails("number expected, got string", "%d", "x")
fails("cannot have modifiers", "%10q", "x")
fails("string contains zeros", "%10s", "\0")
fails("%p shows addresses", "%p", {})
