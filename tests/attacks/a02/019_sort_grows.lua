-- A2.19: a comparison that changes the table
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for i = 1, 500 do t[i] = i % 7 end
  pcall(table.sort, t, function(a, b)
    t[#t + 1] = a
    t[1] = nil
    return a < b
  end)
  return true
end

return policy
