-- Equality and order.

-- equality never converts, order only compares like with like
assert(1 == 1.0 and "1" ~= 1 and nil ~= false and {} ~= {} and print == print)
assert("a" .. "b" == "ab")
assert(not (1 ~= 1) and 0 == -0 and 0.0 == -0.0 and (0 / 0) ~= (0 / 0) and not (0 / 0 == 0 / 0))
for _, pair in ipairs({ { 1, "1" }, { {}, {} }, { true, false }, { print, print }, { "a", 1 } }) do
  assert(not pcall(function() return pair[1] < pair[2] end))
  assert(not pcall(function() return pair[1] <= pair[2] end))
  assert(not pcall(function() return pair[1] > pair[2] end))
end
assert(not pcall(function() return nil < 1 end) and not pcall(function() return nil >= nil end))

-- numbers of both kinds at their edges
local min, max = math.mininteger, math.maxinteger
local order = {
  -1 / 0, -1e300, -2.0 ^ 64, min, min + 1, -2.0 ^ 53, -1.5, -1, -0.5, 0, 5e-324, 0.5, 1, 1.5,
  2.0 ^ 53, (1 << 53) + 1, max - 1, max, 2.0 ^ 63, 1e300, 1 / 0,
}
for i, a in ipairs(order) do
  for j, b in ipairs(order) do
    assert((a < b) == (i < j) and (a <= b) == (i <= j) and (a == b) == (i == j))
    assert((a > b) == (i > j) and (a >= b) == (i >= j) and (a ~= b) == (i ~= j))
  end
end
local nan = 0 / 0
for _, a in ipairs(order) do
  assert(not (a < nan) and not (a <= nan) and not (a > nan) and not (a >= nan) and a ~= nan)
end

-- texts by bytes, zero bytes included
local texts = { "", "\0", "\0\0", "\0a", "A", "Z", "a", "a\0", "a\0a", "a\0b", "aa", "b", "\xC3" }
for i, a in ipairs(texts) do
  for j, b in ipairs(texts) do
    assert((a < b) == (i < j) and (a <= b) == (i <= j) and (a == b) == (i == j))
  end
end
local long = ("x"):rep(1000)
assert(long .. "a" < long .. "b" and long == ("x"):rep(1000) and long ~= long .. "x")
assert(long < long .. "\0")

-- as conditions and as values, with constants on either side
local n, s = 5, "m"
assert(n < 6 and 4 < n and n <= 5 and 5 <= n and n > 4 and 6 > n and not (n < 5) and n == 5)
assert(n ~= 6)
assert(n < 5.5 and 4.5 < n and n >= 5.0 and s > "a" and "z" > s and s == "m" and s ~= "n")
local yes, no = n < 6, n > 6
assert(yes == true and no == false and (n == 5) == true and (s == nil) == false)
if n < 5 then error("no") elseif n == 5 then n = 0 else error("no") end
assert(n == 0)
