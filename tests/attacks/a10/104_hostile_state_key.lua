-- A10.104: keys of the state that are not printable
-- caught by: harmless
-- logs: state.\x1b[2J

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.state["\27[2J\n"] = print
  return true
end

return policy
