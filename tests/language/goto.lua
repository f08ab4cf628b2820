-- goto, labels and break.

-- continue
local sum = 0
for i = 1, 10 do
  if i % 2 == 0 then goto continue end
  sum = sum + i
  ::continue::
end
assert(sum == 25)

-- out of nested loops
local found
for i = 1, 10 do
  for j = 1, 10 do
    if i * j == 42 then
      found = i .. "x" .. j
      goto done
    end
  end
end
::done::
assert(found == "6x7")

-- backwards
local n = 0
::top::
n = n + 1
if n < 5 then goto top end
assert(n == 5)

-- the same label in different blocks and functions
do
  goto l
  ::l::
end
do
  goto l
  ::l::
end
local function f()
  goto l
  do return "no" end
  ::l::
  return "yes"
end
assert(f() == "yes")

-- forward past nothing but empty statements at the end of a block
do
  goto last
  local x = 1
  ::last:: ;
end

-- break is a goto
local turns = 0
while true do
  turns = turns + 1
  if turns > 3 then break end
end
repeat
  turns = turns + 1
  if turns == 6 then break end
until false
for _ = 1, 10 do
  if turns > 5 then break end
end
assert(turns == 6)
for _ in pairs({ 1, 2, 3 }) do
  do break end
end

-- a machine of states
local function states(text)
  local i, out = 1, {}
  local c
  ::normal::
  c = text:sub(i, i)
  i = i + 1
  if c == "" then goto finish end
  if c == "<" then goto tag end
  out[#out + 1] = c
  goto normal
  ::tag::
  c = text:sub(i, i)
  i = i + 1
  if c == ">" then goto normal end
  if c ~= "" then goto tag end
  ::finish::
  return table.concat(out)
end
assert(states("a<b>c<d") == "ac" and states("") == "" and states("plain") == "plain")
assert(select("#", (function() for _ = 1, 2 do goto out end ::out:: end)()) == 0)
