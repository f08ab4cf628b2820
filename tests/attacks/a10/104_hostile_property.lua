-- A10.104: names that are not printable, in errors
-- caught by: error
-- says: \x1b[2J

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  return resource.properties["\27[2J\n"]
end

return policy
