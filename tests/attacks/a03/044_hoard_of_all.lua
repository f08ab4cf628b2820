-- A3.44: every resource takes all that it may
-- caught by: harmless

local kept = {}

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local ok = pcall(function()
    while #kept < 900 do kept[#kept + 1] = ("x"):rep(900) .. #kept end
  end)
  assert(ok)
  return true
end

return policy
