-- Numbers: floats, integers, and what lies between; the library.

local min, max = math.mininteger, math.maxinteger

-- literals
assert(0x10 == 16 and 0xfF == 255 and 0x.1 == 0.0625 and 0xA.8p1 == 21.0 and 1e2 == 100.0)
assert(.5 == 0.5)
assert(5. == 5.0 and 0xffffffffffffffff == -1 and 3e-2 == 0.03 and 1E+1 == 10.0)
assert(math.type(1) == "integer" and math.type(1.0) == "float" and math.type("1") == nil)
assert(math.type(9223372036854775807) == "integer" and math.type(9223372036854775808) == "float")
assert(math.type(0x7fffffffffffffffff) == "integer" and not pcall(math.type))

-- overflow wraps around
assert(max + 1 == min and min - 1 == max and max * 2 == -2 and -min == min and min * -1 == min)
assert(max + 0.0 == 2 ^ 63 and min + 0.0 == -2 ^ 63 and max + 1.0 == 2 ^ 63 and max // -1 == -max)
assert(math.abs(min) == min and math.abs(-5) == 5 and math.abs(-5.5) == 5.5)

-- division
assert(7 // 2 == 3 and -7 // 2 == -4 and 7 // -2 == -4 and -7 // -2 == 3 and 7 / 2 == 3.5)
assert(6 / 2 == 3.0)
assert(7 % 3 == 1 and -7 % 3 == 2 and 7 % -3 == -2 and -7 % -3 == -1 and 5.5 % 2 == 1.5)
assert(-5.5 % 2 == 0.5)
assert(math.type(7 // 2) == "integer" and math.type(7.0 // 2) == "float")
assert(math.type(4 / 2) == "float")
assert(7.5 // 2 == 3.0 and -7.5 // 2 == -4.0 and 1 // 0.0 == 1 / 0 and -1 // 0.0 == -1 / 0)
assert(min // -1 == min and min % -1 == 0 and max % min == -1 and min % max == max - 1)
assert(1 % math.huge == 1.0 and -1 % math.huge == math.huge and 1 % -math.huge == -math.huge)
assert(5 % math.huge == 5.0 and (0 / 0) ~= (0 / 0) and 1 % 0.0 ~= 1 % 0.0)
local ok, why = pcall(function() return 1 // 0 end)
assert(not ok and why:find("divide by zero", 1, true))
ok, why = pcall(function() return 1 % 0 end)
assert(not ok and why:find("attempt to perform 'n%", 1, true))
for i = -10, 10 do
  for j = -10, 10 do
    if j ~= 0 then assert(i // j * j + i % j == i and i // j == math.floor(i / j)) end
  end
end

-- powers and signs
assert(2 ^ 10 == 1024.0 and 2 ^ -1 == 0.5 and 2 ^ 0.5 == math.sqrt(2) and (-2) ^ 2 == 4)
assert(-2 ^ 2 == -4)
assert(2 ^ 3 ^ 2 == 512 and - - 2 == 2 and -(-0.0) == 0.0 and 1 / -0.0 == -1 / 0)

-- comparison of integers and floats
assert(1 == 1.0 and 1 < 1.5 and 2 > 1.5 and max < 2 ^ 63 and max + 0.0 == 2.0 ^ 63)
assert(max ~= 2.0 ^ 63)
assert(min == -2.0 ^ 63 and min <= -2.0 ^ 63 and not (max >= 2.0 ^ 63) and max > 2.0 ^ 62)
assert((1 << 53) + 1 ~= 2.0 ^ 53 and (1 << 53) + 1 > 2.0 ^ 53 and -max > -2.0 ^ 63)
assert(1 < math.huge and max < math.huge and min > -math.huge and not (1 < 0 / 0))
assert(not (1 >= 0 / 0))

-- conversions
assert(math.tointeger(3.0) == 3 and math.tointeger(3.5) == nil and math.tointeger("3") == 3)
assert(math.tointeger(2 ^ 63) == nil and math.tointeger(-2 ^ 63) == min)
assert(math.tointeger({}) == nil)
assert(math.floor(3.7) == 3 and math.floor(-3.7) == -4 and math.ceil(3.2) == 4)
assert(math.ceil(-3.2) == -3)
assert(math.type(math.floor(3.0)) == "integer" and math.type(math.floor(1e300)) == "float")
assert(math.floor(5) == 5 and math.ceil(max) == max and math.floor(-2 ^ 63) == min)
assert(3 | 0 == 3 and 3.0 | 0 == 3 and not pcall(function() return 3.5 | 0 end))
assert(not pcall(function() return 2 ^ 63 | 0 end) and -2 ^ 63 | 0 == min)
assert(1e15 | 0 == 1000000000000000 and math.ult(1, 2) and math.ult(1, -1) and not math.ult(-1, 1))

-- the library
assert(math.max(1, 3, 2) == 3 and math.min(1, 3, 2) == 1 and math.max(1, 2.5) == 2.5)
assert(not pcall(math.max))
assert(math.type(math.max(1, 2)) == "integer" and math.max(-0.0, 0) == 0)
assert(math.min(max, 1.5) == 1.5)
assert(math.sqrt(16) == 4.0 and math.exp(0) == 1.0 and math.log(1) == 0.0 and math.log(8, 2) == 3.0)
assert(math.log(100, 10) == 2.0 and math.abs(math.log(27, 3) - 3) < 1e-12 and math.sin(0) == 0.0)
assert(math.cos(0) == 1.0 and math.tan(0) == 0.0 and math.abs(math.asin(1) - math.pi / 2) < 1e-15)
assert(math.acos(1) == 0.0 and math.atan(0) == 0.0)
assert(math.abs(math.atan(1, -1) - 3 * math.pi / 4) < 1e-15)
assert(math.deg(math.pi) == 180.0 and math.rad(180) == math.pi and math.huge == 1 / 0)
assert(math.fmod(7, 3) == 1 and math.fmod(-7, 3) == -1 and math.fmod(7, -3) == 1)
assert(math.fmod(5.5, 2) == 1.5)
assert(math.fmod(min, -1) == 0 and not pcall(math.fmod, 1, 0))
assert(math.type(math.fmod(7, 3)) == "integer")
local whole, rest = math.modf(3.7)
assert(whole == 3 and math.abs(rest - 0.7) < 1e-15)
whole, rest = math.modf(-3.5)
assert(whole == -3.0 and rest == -0.5)
whole, rest = math.modf(math.huge)
assert(whole == math.huge and rest == 0.0)

-- random numbers
for _ = 1, 200 do
  local x = math.random()
  assert(0 <= x and x < 1)
  local i = math.random(10)
  assert(math.type(i) == "integer" and 1 <= i and i <= 10)
  i = math.random(-3, 3)
  assert(-3 <= i and i <= 3)
end
math.randomseed(1)
local first = math.random(max)
math.randomseed(1)
assert(math.random(max) == first and math.random(5, 5) == 5)
assert(math.type(math.random(0)) == "integer")
math.randomseed(2)
assert(math.random(max) ~= first and not pcall(math.random, 0, -1))
assert(not pcall(math.random, 1, 2, 3))
