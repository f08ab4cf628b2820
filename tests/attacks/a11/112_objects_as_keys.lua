-- A11.112: thousands of tables as keys are nobody's fault
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local seen = {}
  local list = {}
  for i = 1, 1500 do list[i] = { i } end
  for _, object in ipairs(list) do seen[object] = true end
  for _, object in ipairs(list) do assert(seen[object]) end
  assert(not seen[{}])
  local floats = {}
  for i = 1, 2000 do floats[i * 4095 + 0.5] = i end
  for i = 1, 2000 do assert(floats[i * 4095 + 0.5] == i) end
  return true
end

return policy
