-- A5.61: a module that begins with #!
-- caught by: refused
-- in: load
-- says: near
-- module m: #!/usr/bin/lua\nreturn 1

local policy = { api = 1 }

require "m"

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
