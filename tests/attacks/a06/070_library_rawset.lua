-- A6.70: library functions replaced by rawset: the host does not use them
-- caught by: harmless
local timer = require "timer"
local volume = require "volume"
local assert = assert   -- before it is replaced

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
  local vol = assert(volume.open("/img"))
  assert(volume.close(vol))
  assert(timer.sleep == evil and string.rep == evil)   -- only the policy's own tables are harmed
  return true
end

return policy
