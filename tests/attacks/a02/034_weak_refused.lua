-- A2.34: a weak table
-- caught by: error
-- says: policies have no weak tables

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  setmetatable({}, { __mode = "k" })
end

return policy
