-- A2.16: table.move through metamethods made of C functions
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local t = setmetatable({}, { __index = rawlen, __newindex = rawequal })
  table.move(t, 1, math.maxinteger - 1, 2)
end

return policy
