-- A2.22: back references on a long text
-- caught by: fuel

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  return ("x"):rep(30000):find("(.-)(.-)%1%2y")
end

return policy
