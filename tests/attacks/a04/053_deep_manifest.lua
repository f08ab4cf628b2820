-- A4.53: a policy whose tables go very deep
-- caught by: refused
-- in: load
-- says: is nothing that a policy has
local deep = {}
for _ = 1, 3000 do deep = { deep } end

return { api = 1, deep = deep, online = print, offline = print, is_alive = print }
