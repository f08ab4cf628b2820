-- table.sort.

local function check(t, before)
  before = before or function(a, b) return a < b end
  for i = #t, 2, -1 do assert(not before(t[i], t[i - 1])) end
end

for n = 0, 40 do
  local up, down, same, mixed = {}, {}, {}, {}
  for i = 1, n do
    up[i], down[i], same[i], mixed[i] = i, -i, 7, (i * 7919) % 31
  end
  for _, t in ipairs({ up, down, same, mixed }) do
    table.sort(t)
    check(t)
    table.sort(t, function(a, b) return a > b end)
    check(t, function(a, b) return a > b end)
  end
end

local months = {}
for m in ("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"):gmatch("%a+") do
  months[#months + 1] = m
end
table.sort(months)
assert(table.concat(months, " ") == "Apr Aug Dec Feb Jan Jul Jun Mar May Nov Oct Sep")

local big = {}
for i = 1, 3000 do big[i] = math.random(1 << 30) end
table.sort(big)
check(big)
table.sort(big)
check(big)
local calls = 0
table.sort(big, function(a, b) calls = calls + 1 return a > b end)
check(big, function(a, b) return a > b end)
assert(calls < 3000 * 40)

local mixed = { 1, 2.5, -1, 0, 1e10, -0.5 }
table.sort(mixed)
check(mixed)

local objects = {}
local meta = { __lt = function(a, b) return a.n < b.n end }
for i = 1, 20 do objects[i] = setmetatable({ n = (i * 13) % 20 }, meta) end
table.sort(objects)
for i = 2, 20 do assert(objects[i - 1].n <= objects[i].n) end

assert(not pcall(table.sort, { 1, "a" }) and not pcall(table.sort, { {}, {} }))
assert(not pcall(table.sort, { 1, 2, 3 }, "x") and not pcall(table.sort, 1))
assert(not pcall(table.sort, { 1, 2, 3 }, function() error("stop") end))
table.sort({})
table.sort({ 1 }, function() error("not called") end)

-- the same order every time: the pivot is not random
local function sorted()
  local t = {}
  for i = 1, 500 do t[i] = { key = i % 5, at = i } end
  table.sort(t, function(a, b) return a.key < b.key end)
  local text = {}
  for i, v in ipairs(t) do text[i] = v.at end
  return table.concat(text, ",")
end
assert(sorted() == sorted())

-- through metamethods
local store = { 3, 1, 2 }
local proxy = setmetatable({}, {
  __len = function() return #store end,
  __index = function(_, i) return store[i] end,
  __newindex = function(_, i, v) store[i] = v end,
})
table.sort(proxy)
assert(table.concat(store, ",") == "1,2,3" and rawlen(proxy) == 0)
