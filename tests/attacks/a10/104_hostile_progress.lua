-- A10.104: progress that is not printable
-- caught by: harmless
-- in: online

local policy = { api = 1 }

function policy.online(resource)
  resource:progress("\27[2J\r\nall is well\255")
end
function policy.offline() end
function policy.is_alive() return true end

return policy
