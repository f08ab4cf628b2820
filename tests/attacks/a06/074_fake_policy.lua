-- A6.74: a policy whose entry points come from a metatable
-- caught by: refused
-- in: load
-- says: is missing
local loop = function() while true do end end
return setmetatable({}, { __index = loop, __pairs = loop, __len = loop })
