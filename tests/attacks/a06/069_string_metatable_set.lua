-- A6.69: the metatable of texts replaced
-- caught by: error
-- says: table expected, got string

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  setmetatable("", {})
end

return policy
