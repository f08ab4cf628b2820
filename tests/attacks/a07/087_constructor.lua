-- A7.87: a constructor of a hundred thousand values
-- caught by: memory
-- in: load
local t = {
-- source: expand 100000 "1,"
}
return t
