-- A10.103: error objects of every type
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive(resource)
  local ok, why = pcall(error)
  assert(not ok and why == nil)
  for _, thing in ipairs({ 1, true, print, {}, resource }) do
    local fine, got = pcall(error, thing)
    assert(not fine and got == thing)
  end
  return true
end

return policy
