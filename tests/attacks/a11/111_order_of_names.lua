-- A11.111: the order of names is the same in every process
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = {}
  for i = 1, 50 do t["key" .. i] = i end
  local order = {}
  for key in pairs(t) do order[#order + 1] = key end
  local again = {}
  for key in pairs(t) do again[#again + 1] = key end
  assert(table.concat(order) == table.concat(again))
  return true
end

return policy
