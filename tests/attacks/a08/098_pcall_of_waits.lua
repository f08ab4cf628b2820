-- A8.98: pcall around waits that fail
-- caught by: harmless
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _ = 1, 20 do
    local ok, vol, err = pcall(volume.open, "/fail")
    assert(ok and vol == nil and err.code == 21)
    local again, why = pcall(function() assert(volume.open("/fail")) end)
    assert(not again and tostring(why):find("ERROR_NOT_READY"))
  end
  return true
end

return policy
