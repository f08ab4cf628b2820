-- A10.103: an error object whose __name is a text to be read
-- caught by: error
-- says: an error is a text or what an operation answered

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  error(setmetatable({}, { __name = "\27[2J\n", __metatable = "error" }))
end

return policy
