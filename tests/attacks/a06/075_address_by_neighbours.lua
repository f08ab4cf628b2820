-- A6.75: the address of a table, told by the names that come before it
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  for _, key in ipairs({ {}, print, resource, function() end }) do
    local t = { [key] = true }
    for i = 1, 20 do t["name" .. i] = i end
    local seen = 0
    local ok = pcall(function()
      for _ in pairs(t) do seen = seen + 1 end
    end)
    assert(not ok and seen == 0)
    assert(not pcall(next, t) and not pcall(next, t, "name7"))
    t[key] = nil
    assert(not pcall(next, t))
  end
  return true
end

return policy
