-- A5.56: elseif, eleven thousand times
-- caught by: fuel
-- in: load
local policy = { api = 1 }
-- source: expand 1 "local x if x then "
-- source: expand 15000 "elseif x then "
end
return policy
