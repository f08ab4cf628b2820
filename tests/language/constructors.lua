-- Table constructors, large and odd.

-- more elements than are set at once, and results of a call at the end
local function three() return "x", "y", "z" end
local t = {
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
  28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51,
  52, 53, 54, 55, 56, 57, 58, 59, 60, three(),
}
assert(#t == 63 and t[50] == 50 and t[51] == 51 and t[60] == 60 and t[61] == "x" and t[63] == "z")
assert(#{ three(), three(), three() } == 5 and #{ three(), [10] = 1 } == 1)
assert(#{ (three()), "a" } == 2)
local function all(...) return { ... } end
assert(#all() == 0 and #all(1, nil, 3) >= 1 and all(three())[3] == "z" and #all(three(), 1) == 2)
local function tail(...) return { "first", ... } end
assert(#tail() == 1 and #tail(1, 2) == 3)

-- separators, keys of every kind, order of evaluation
t = { 1, 2; 3, a = "a"; ["b c"] = "bc", [1 + 3] = 4, [true] = "t", [1.5] = "f", }
assert(#t == 4 and t.a == "a" and t["b c"] == "bc" and t[4] == 4 and t[true] == "t")
assert(t[1.5] == "f")
local seen = {}
local function note(x) seen[#seen + 1] = x return x end
t = { [note("k1")] = note("v1"), note("v2"), [note("k3")] = note("v3") }
assert(table.concat(seen, " ") == "k1 v1 v2 k3 v3" and t[1] == "v2" and t.k1 == "v1")
t = { [1] = "key", "position" }
assert(t[1] == "position")

-- nested, shared and with functions
t = { { { { "deep" } } }, f = function(x) return x * 2 end, g = { h = { i = 1 } } }
assert(t[1][1][1][1] == "deep" and t.f(2) == 4 and t.g.h.i == 1)
local shared = {}
t = { shared, shared, a = shared }
assert(t[1] == t[2] and t.a == shared and { } ~= shared)
assert(not pcall(function() return { [nil] = 1 } end))
assert(not pcall(function() return { [0 / 0] = 1 } end))
assert(#{ n = nil } == 0 and next({ a = nil }) == nil and #{ nil, nil, 3 } >= 0)

-- a table that grows out of its constructor
t = { 1, 2, 3 }
for i = 4, 1000 do t[i] = i end
for i = 1, 1000 do assert(t[i] == i) end
t = { x = 1 }
for i = 1, 500 do t["key" .. i] = i end
local n = 0
for _ in pairs(t) do n = n + 1 end
assert(n == 501 and t.key500 == 500 and t.x == 1)
