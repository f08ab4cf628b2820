-- A2.19: a comparison that changes the table
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t, calls = {}, 0
  for i = 1, 500 do t[i] = i % 7 end
  pcall(table.sort, t, function(a, b)
    calls = calls + 1
    t[#t + 1] = a
    t[1] = nil
    return a < b
  end)
  assert(calls > 0 and calls < 20000)
  for _, v in pairs(t) do assert(v >= 0 and v < 7) end
  local sorted = { 3, 1, 2 }
  table.sort(sorted)
  assert(table.concat(sorted) == "123")
  return true
end

return policy
