-- Bitwise operators.

local min, max = math.mininteger, math.maxinteger

assert(0xF0 & 0x3C == 0x30 and 0xF0 | 0x0F == 0xFF and 0xF0 ~ 0x3C == 0xCC and ~0 == -1)
assert(~max == min)
assert(-1 & 0xFF == 255 and -1 | 0 == -1 and min | max == -1 and min & max == 0 and 5 ~ 5 == 0)
assert(1 << 0 == 1 and 1 << 63 == min and 1 << 64 == 0 and 1 << 100 == 0 and 1 << -1 == 0)
assert(2 << -1 == 1)
assert(-1 >> 1 == max and -1 >> 63 == 1 and -1 >> 64 == 0 and 1 >> -1 == 2 and 1 >> -63 == min)
assert(1 >> -64 == 0)
assert(-1 >> 0 == -1 and min >> 63 == 1 and 8 >> 3 == 1 and 1 << min == 0 and 1 >> min == 0)
assert(1 << max == 0)
assert(~~5 == 5 and ~-1 == 0 and - ~1 == 2)

-- floats that are whole numbers
assert(3.0 & 1 == 1 and 2.0 ^ 53 | 0 == 1 << 53 and -0.0 | 0 == 0 and 1.0 << 2.0 == 4)
assert(~1.0 == -2)
assert(not pcall(function() return 1.5 & 1 end) and not pcall(function() return 1 & 1e100 end))
assert(not pcall(function() return 1 | 0 / 0 end) and not pcall(function() return ~math.huge end))
local _, why = pcall(function() return 1.5 | 1 end)
assert(why:find("number has no integer representation"))

-- constants are folded as they are computed
local one, many = 1, 0xFF
assert(one << 4 == 1 << 4 and many & 0xF == 0xFF & 0xF and many ~ 0xF == 0xFF ~ 0xF)
assert(~many == ~0xFF)
assert(2 << one == 2 << 1 and many >> 4 == 15 and 256 >> one == 128 and one << one == 2)
for i = 0, 70 do
  assert(1 << i == (i < 64 and (i == 63 and min or math.tointeger(2 ^ i)) or 0))
  assert(min >> i == (i < 64 and (i == 0 and min or math.tointeger(2 ^ (63 - i))) or 0))
end

-- precedence
assert(1 | 2 ~ 3 & 1 << 1 == 1 | (2 ~ (3 & (1 << 1))) and 2 + 1 << 1 == 6 and 1 << 2 + 1 == 8)
assert(3 & 2 == 2 and 3 & (2 == 2 and 1 or 0) == 1 and -1 >> 1 == max and ~0 >> 1 == max)
assert(5 // 2 | 8 == 10 and 1 | 4 < 6 and not (1 | 4 > 6))
