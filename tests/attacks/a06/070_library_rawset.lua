-- A6.70: library functions replaced by rawset: the host does not use them
-- caught by: harmless
local timer = require "timer"
local volume = require "volume"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local function evil() while true do end end
  for _, name in ipairs({ "format", "rep", "match", "gsub" }) do rawset(string, name, evil) end
  for _, name in ipairs({ "type", "error", "pairs", "tostring", "pcall", "assert" }) do
    rawset(_ENV, name, evil)
  end
  rawset(timer, "sleep", evil)
  local vol = volume.open("/img")
  volume.close(vol)
  return true
end

return policy
