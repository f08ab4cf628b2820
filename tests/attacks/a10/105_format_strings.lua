-- A10.105: texts that are formats to the host
-- caught by: harmless
-- logs: {:>1000000000}
local log = require "log"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  for _, text in ipairs({ "{}", "{:>1000000000}", "{0}{1}{2}", "%s%n%d", "{", "}", "{x}" }) do
    log.info(text)
    resource:progress(text)
  end
  return true
end

return policy
