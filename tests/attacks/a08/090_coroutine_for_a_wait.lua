-- A8.90: a coroutine that would resume itself while an operation is under way
-- caught by: refused
-- in: load
-- says: undefined global 'coroutine'
local volume = require "volume"

local policy = { api = 1 }

local co = coroutine.create(volume.open)
coroutine.resume(co, "/slow")

function policy.online() end
function policy.offline() end
function policy.is_alive() return true end

return policy
