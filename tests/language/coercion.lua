-- Between texts and numbers, and where our build differs on purpose.

-- texts in arithmetic
assert("10" + 1 == 11 and "0x10" + 1 == 17 and "1e1" * 1 == 10.0 and " 5 " + 0 == 5)
assert("10" / "2" == 5.0)
assert(math.type("10" + 1) == "integer" and math.type("10.0" + 1) == "float" and -"2" == -2)
assert("7" // 2 == 3)
assert("2" ^ "3" == 8.0 and "7" % 4 == 3 and 10 - "3" == 7)
assert(not pcall(function() return "a" + 1 end) and not pcall(function() return "" + 1 end))
assert(not pcall(function() return "1.5" | 0 end) and not pcall(function() return {} + "1" end))
assert("9223372036854775807" + 0 == math.maxinteger and "9223372036854775808" + 0 == 2.0 ^ 63)

-- bitwise operators take no texts
assert(not pcall(function() return "3" | 0 end) and not pcall(function() return ~"0" end))

-- numbers in concatenation and where texts are wanted
assert(1 .. "" == "1" and 1.0 .. "" == "1.0" and -0.0 .. "" == "-0.0" and ("x"):rep("3") == "xxx")
assert(string.len(12) == 2 and string.sub(12345, 2, 3) == "23" and math.abs("-3") == 3)
assert(("5"):rep(2) + 0 == 55)
assert(math.floor("3.7") == 3 and tostring(10) == "10" and #tostring(1.5) == 3)

-- never in comparison or as keys
assert("1" ~= 1 and not pcall(function() return 1 < "2" end) and ({ ["1"] = "text" })[1] == nil)
assert(not ("10" == 10) and "0" ~= 0 and 0 == -0.0)

-- truth
assert(0 and "" and {} and not nil and not false)

-- differs: a text of more than 40 characters is no number where Lua would convert it silently
local nearly, long = ("0"):rep(39) .. "1", ("0"):rep(40) .. "1"
assert(math.abs(nearly) == 1 and not pcall(math.abs, long) and tonumber(long) == 1)
assert(long + 1 == 2 and long .. "" == long)

-- differs: pairs and next refuse keys that have no order, setmetatable refuses __gc and __mode
assert(not pcall(next, { [{}] = 1 }) and not pcall(next, { [print] = 1 }))
assert(not pcall(setmetatable, {}, { __gc = print }))
assert(not pcall(setmetatable, {}, { __mode = "k" }))

-- differs: what is not there
local absent = "load dofile loadfile collectgarbage warn coroutine debug io os package"
for name in absent:gmatch("%a+") do
  assert(rawget(_ENV, name) == nil and not pcall(function() return _ENV[name] end))
end
assert(not pcall(function() return string.dump end) and rawget(_ENV, "_G") == nil)

-- differs: no address in any text
assert(tostring({}) == "table" and tostring(print) == "function" and ("%s"):format({}) == "table")

-- differs: a misspelled function of a library is an error, not nil; libraries are read-only
assert(not pcall(function() return string.formatt end))
assert(not pcall(function() string.mine = 1 end))
assert(getmetatable("") == false and getmetatable(_ENV) == false)
