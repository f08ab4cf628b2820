-- A10.104: escape codes in an error
-- caught by: error
-- says: \x1b[2J\r\n\u{202e}evil\x00\xff

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  error("\27[2J\r\n\226\128\174evil\0\255", 0)
end

return policy
