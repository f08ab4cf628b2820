-- A3.37: table.pack of all that fits
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  while true do t[#t + 1] = table.pack(table.unpack({}, 1, 7000)) end
end

return policy
