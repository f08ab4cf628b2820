-- A5.56: breaks, twelve thousand of them
-- caught by: memory
-- in: load
local policy = { api = 1 }
-- source: expand 1 "local x while true do "
-- source: expand 12000 "if x then break end "
end
return policy
