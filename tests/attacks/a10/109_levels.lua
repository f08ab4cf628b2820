-- A10.109: errors at every level
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for level = 0, 50 do
    local _, why = pcall(error, "x", level)
    assert(why == "x" or why:find("^[%w_/.]+:%d+: x$"), why)
  end
  return true
end

return policy
