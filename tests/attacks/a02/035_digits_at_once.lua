-- A2.35: numbers printed with all their digits, sixty at once
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local format = ("%.99f"):rep(60)
  local numbers = {}
  for i = 1, 60 do numbers[i] = 1e308 / 3 end
  while true do local _ = format:format(table.unpack(numbers)) end
end

return policy
