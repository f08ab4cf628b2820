-- Tables: constructors, borders, keys, next and pairs, the library.

-- constructors
local t = { 1, 2, 3, x = 10, [4] = 4, ["y"] = 20; 5 }
assert(t[1] == 1 and t[2] == 2 and t[3] == 3 and t[4] == 5 and t.x == 10 and t.y == 20)
assert(#{} == 0 and #{ nil } == 0 and #{ 1, 2, 3, } == 3 and #{ n = 1 } == 0)
local function three() return 1, 2, 3 end
assert(#{ three() } == 3 and #{ three(), three() } == 4 and #{ (three()) } == 1)
assert(#{ three(), nil } == 1)
assert(#{ [1] = 1, [2] = 2 } == 2 and ({ [1.0] = "x" })[1] == "x" and ({ ["1"] = "x" })[1] == nil)
local big = {}
for i = 1, 300 do big[i] = "x" .. i end
assert(#big == 300 and big[300] == "x300")

-- keys
t = {}
t[1.0] = "a"
t[2 ^ 53] = "b"
assert(t[1] == "a" and t[1 << 53] == "b" and next({ [3.0] = 1 }) == 3)
assert(math.type(next({ [3.0] = 1 })) == "integer")
t[1.5] = "c"
t[-0.0] = "zero"
assert(t[1.5] == "c" and t[0] == "zero" and t[0.0] == "zero")
t[true], t[print] = "yes", "f"
assert(t[true] == "yes" and t[print] == "f" and t[false] == nil)
assert(not pcall(function() t[nil] = 1 end) and not pcall(function() t[0 / 0] = 1 end))
assert(t[nil] == nil and t[0 / 0] == nil and not pcall(rawset, t, nil, 1))
t[math.maxinteger], t[math.mininteger] = "max", "min"
assert(t[math.maxinteger] == "max" and t[math.mininteger] == "min" and t[2.0 ^ 63] == nil)
assert(t[-2.0 ^ 63] == "min")

-- borders
t = {}
for i = 1, 100 do t[i] = i end
assert(#t == 100)
for i = 100, 51, -1 do t[i] = nil end
assert(#t == 50)
t[#t + 1] = "end"
assert(#t == 51 and t[51] == "end")
local holes = { 1, nil, 3 }
assert(#holes == 3 or #holes == 1)
t = { [1] = 1, [2] = 2, [4] = 4 }
assert(#t == 4 or #t == 2)
local length = setmetatable({ 1, 2 }, { __len = function() return 10 end })
assert(#length == 10 and rawlen(length) == 2 and rawlen("abc") == 3 and not pcall(rawlen, 1))

-- next, pairs, ipairs
assert(next({}) == nil and next({ 1 }) == 1 and next({ 1 }, 1) == nil and not pcall(next, {}, "x"))
local sum, count = 0, 0
for k, v in pairs({ 10, 20, 30, a = 1, b = 2 }) do
  sum = sum + v
  count = count + (math.type(k) == "integer" and 1 or 100)
end
assert(sum == 63 and count == 203)
t = { a = 1, b = 2, c = 3, d = 4 }
for k in pairs(t) do t[k] = nil end
assert(next(t) == nil)
t = {}
for i = 1, 10 do t[i] = i end
local order = {}
for k in pairs(t) do order[#order + 1] = k end
assert(table.concat(order, ",") == "1,2,3,4,5,6,7,8,9,10")
sum = 0
for i, v in ipairs({ 1, 2, nil, 4 }) do sum = sum + i * v end
assert(sum == 5)
sum = 0
for _, v in ipairs(setmetatable({}, { __index = function(_, i) return i <= 5 and i or nil end })) do
  sum = sum + v
end
assert(sum == 15)
local proxy = setmetatable({}, { __pairs = function() return function(_, k)
  if not k then return 1, "one" end
end, nil, nil end })
for k, v in pairs(proxy) do assert(k == 1 and v == "one") end

-- concat
assert(table.concat({}) == "" and table.concat({}, "x") == "")
assert(table.concat({ 1, 2, 3 }) == "123")
assert(table.concat({ "a", "b", "c" }, ",") == "a,b,c")
assert(table.concat({ "a", "b", "c" }, ",", 2) == "b,c")
assert(table.concat({ "a", "b", "c" }, ",", 2, 2) == "b")
assert(table.concat({ "a", "b" }, ",", 3) == "")
assert(table.concat({ 1.5, 2 }, " ") == "1.5 2" and not pcall(table.concat, { 1, {}, 3 }))
assert(table.concat({ [math.maxinteger] = "m" }, "-", math.maxinteger, math.maxinteger) == "m")

-- insert and remove
t = {}
table.insert(t, "a")
table.insert(t, 1, "b")
table.insert(t, 3, "c")
assert(table.concat(t) == "bac" and not pcall(table.insert, t, 0, "x"))
assert(not pcall(table.insert, t, 5, "x"))
assert(not pcall(table.insert, t) and not pcall(table.insert, t, 1, 2, 3) and #t == 3)
assert(table.remove(t) == "c" and table.remove(t, 1) == "b" and table.remove(t, 1) == "a")
assert(table.remove(t) == nil and #t == 0 and table.remove({}, 0) == nil)
t = { 1, 2, 3 }
assert(table.remove(t, 4) == nil and not pcall(table.remove, t, 5))
assert(not pcall(table.remove, t, -1))
t = { n = 0, [0] = "zero" }
assert(table.remove(t) == "zero" and t[0] == nil)

-- move
t = table.move({ 10, 20, 30 }, 1, 3, 2)
assert(table.concat(t, ",") == "10,10,20,30")
t = table.move({ 10, 20, 30 }, 2, 3, 1)
assert(table.concat(t, ",") == "20,30,30")
t = table.move({ 1, 2, 3 }, 1, 3, 3, { 9, 9 })
assert(table.concat(t, ",") == "9,9,1,2,3" and #table.move({ 1, 2 }, 1, 0, 3, {}) == 0)
assert(table.move({ 1, 2 }, 1, 2, math.maxinteger - 1, {})[math.maxinteger] == 2)
assert(not pcall(table.move, {}, 1, 2, math.maxinteger))
assert(not pcall(table.move, {}, math.mininteger, 1, 1))
assert(not pcall(table.move, 1, 1, 2, 1))

-- pack and unpack
t = table.pack()
assert(t.n == 0 and t[1] == nil)
t = table.pack(nil, nil, 3, nil)
assert(t.n == 4 and t[3] == 3)
local a, b, c = table.unpack({ 1, 2, 3 })
assert(a == 1 and b == 2 and c == 3 and select("#", table.unpack({})) == 0)
assert(select("#", table.unpack({ 1, 2, 3 }, 2)) == 2 and table.unpack({ 1, 2, 3 }, -1, 1) == nil)
assert(select("#", table.unpack({}, 1, 5)) == 5 and select("#", table.unpack({}, 5, 1)) == 0)
assert(select("#", table.unpack({ n = 3 }, 1, 3)) == 3 and not pcall(table.unpack, {}, 1, 10 ^ 8))
assert(table.unpack({ [math.maxinteger] = 7 }, math.maxinteger, math.maxinteger) == 7)

-- raw access
t = setmetatable({}, { __index = function() return 1 end, __newindex = error })
assert(t.x == 1 and rawget(t, "x") == nil and rawset(t, "x", 2) == t and t.x == 2)
assert(rawequal(t, t) and not rawequal({}, {}) and rawequal("a", "a") and rawequal(1, 1.0))
