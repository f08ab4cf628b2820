-- A7.85: string.pack of a gigabyte
-- caught by: memory

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return string.pack("c1073741824", "x")
end

return policy
