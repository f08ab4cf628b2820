-- string.pack, unpack and packsize.

local pack, unpack, size = string.pack, string.unpack, string.packsize

assert(pack("<i4", 1) == "\1\0\0\0" and pack(">i4", 1) == "\0\0\0\1")
assert(pack("<i4", -2) == "\xfe\xff\xff\xff")
assert(pack("b", -1) == "\xff" and pack("B", 255) == "\xff" and pack("<h", 258) == "\2\1")
assert(pack("<I3", 0x10203) == "\3\2\1" and pack("<j", -1) == ("\xff"):rep(8))
assert(pack("<J", 1) == "\1" .. ("\0"):rep(7))
assert(pack("<i16", -1) == ("\xff"):rep(16) and unpack("<i16", ("\xff"):rep(16)) == -1)
assert(size("b") == 1 and size("h") == 2 and size("i4") == 4 and size("j") == 8 and size("d") == 8)
assert(size("f") == 4)
assert(size("<!8 b i8") == 16 and size("< b i8") == 9 and size("<!4 i1 i8") == 12)
assert(size("c10") == 10)

for n = 1, 16 do
  for _, value in ipairs({ 0, 1, -1, 100, -100 }) do
    for _, order in ipairs({ "<", ">", "=" }) do
      local s = pack(order .. "i" .. n, value)
      assert(#s == n)
      local back, next = unpack(order .. "i" .. n, s)
      assert(back == value and next == n + 1)
    end
  end
end

assert(unpack("<d", pack("<d", 1.5)) == 1.5 and unpack(">d", pack(">d", -0.1)) == -0.1)
assert(unpack("<f", pack("<f", 0.25)) == 0.25 and unpack("<n", pack("<n", 1e300)) == 1e300)
assert(pack("<d", 1) == "\0\0\0\0\0\0\xf0\x3f")

assert(pack("z", "hi") == "hi\0" and pack("<s1", "hi") == "\2hi")
assert(pack("<s4", "hi") == "\2\0\0\0hi")
assert(pack("c5", "hi") == "hi\0\0\0" and unpack("z", "hi\0x") == "hi")
assert(unpack("<s1", "\2hix") == "hi")
local a, b, c, at = unpack("<i2 z s1", "\1\0hi\0\3abc")
assert(a == 1 and b == "hi" and c == "abc" and at == 10)
assert(unpack("<i2", "xx\1\0", 3) == 1 and unpack("<i2", "xx\1\0", -2) == 1)
assert(pack("<i1 x i1", 1, 2) == "\1\0\2" and pack("<!4 i1 Xi4 i1", 1, 2) == "\1\0\0\0\2")
assert(pack("< !4 i1 i4", 1, 2) == "\1\0\0\0\2\0\0\0" and select("#", unpack("", "")) == 1)

local function fails(message, f, ...)
  local ok, why = pcall(f, ...)
  assert(not ok and why:find(message, 1, true), why)
end
fails("integer overflow", pack, "i1", 128)
fails("unsigned overflow", pack, "I1", 256)
fails("integral size (17) out of limits [1,16]", pack, "i17", 1)
fails("integral size (0) out of limits [1,16]", pack, "i0", 1)
fails("invalid format option 'y'", pack, "y", 1)
fails("missing size for format option 'c'", pack, "c", "x")
fails("string contains zeros", pack, "z", "a\0b")
fails("longer than given size", pack, "c1", "xx")
fails("string length does not fit in given size", pack, "s1", ("x"):rep(256))
fails("variable-length format", size, "s")
fails("variable-length format", size, "z")
fails("data string too short", unpack, "i4", "\1")
fails("unfinished string for format 'z'", unpack, "z", "x")
fails("initial position out of string", unpack, "i1", "x", 3)
fails("does not fit into Lua Integer", unpack, "<i16", ("\127"):rep(16))
fails("not power of 2", pack, "!8 i3 !4 i6 Xi3", 1, 2)
fails("invalid next option for option 'X'", pack, "X")
