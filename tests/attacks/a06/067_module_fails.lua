-- A6.67: a module that fails, required again
-- caught by: harmless
-- module m: error "no"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  for _ = 1, 3 do
    local ok, why = pcall(require, "m")
    assert(not ok and why == "m.lua:1: no")
  end
  return true
end

return policy
