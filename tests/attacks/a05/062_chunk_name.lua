-- A5.62: a module whose name is not printable
-- caught by: error
-- says: m\x1b[2J

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  require "m\27[2J\n"
end

return policy
