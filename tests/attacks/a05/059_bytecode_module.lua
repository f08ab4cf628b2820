-- A5.59: a module of bytecode
-- caught by: refused
-- in: load
-- says: attempt to load a binary chunk
-- module m: \eLua\nT

local policy = { api = 1 }

local _ = require "m"

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
