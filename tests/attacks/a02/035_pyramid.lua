-- A2.35: thousands of arguments handed on by pcall after pcall
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local call = {}
  for i = 1, 180 do call[i] = pcall end
  call[181], call[182] = select, "#"
  for i = 1, 3000 do call[182 + i] = i end
  while true do pcall(table.unpack(call)) end
end

return policy
