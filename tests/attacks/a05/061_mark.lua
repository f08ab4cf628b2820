-- A5.61: a byte order mark before a module
-- caught by: harmless
-- module m: ﻿return 1

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  assert(require "m" == 1)
  return true
end

return policy
