-- A6.72: methods of the resource called on something else
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  for _, self in ipairs({ {}, 1, "x", print, resource.properties }) do
    for _, name in ipairs({ "deadline", "progress", "watch", "fail" }) do
      assert(not pcall(resource[name], self, "x"))
    end
  end
  return true
end

return policy
