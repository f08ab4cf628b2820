-- A6.75: addresses in texts
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  for _, thing in ipairs({ {}, print, resource, resource.properties, function() end, string }) do
    for _, text in ipairs({ tostring(thing), ("%s"):format(thing), ("%-30s"):format(thing) }) do
      assert(not text:find("0x") and not text:find("%x%x%x%x%x"), text)
    end
  end
  return true
end

return policy
