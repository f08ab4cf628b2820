-- A2.20: table.concat of what a C function answers
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  table.concat(setmetatable({}, { __index = rawlen }), "", 1, math.maxinteger)
end

return policy
