-- A3.45: a state of bytes that are no text
-- caught by: harmless
-- logs: is a text that is not UTF-8

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  resource.state.s = "\xff\xfe"
  return true
end

return policy
