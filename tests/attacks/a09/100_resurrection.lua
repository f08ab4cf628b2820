-- A9.100: __close that brings its value back
-- caught by: harmless

local kept

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local meta = {}
  meta.__close = function(t) kept = t end
  for _ = 1, 10 do
    local _ <close> = setmetatable({ kept }, meta)
  end
  assert(kept)
  return true
end

return policy
