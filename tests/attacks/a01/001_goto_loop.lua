-- A1.1: a loop made of goto
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  ::again::
  goto again
end

return policy
