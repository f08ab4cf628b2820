-- A2.32: load by a name made at run time
-- caught by: error
-- says: undefined global 'load'

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return _ENV["lo" .. "ad"]("return 1")
end

return policy
