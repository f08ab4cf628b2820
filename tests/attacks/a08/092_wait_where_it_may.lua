-- A8.92: waits in metamethods, iterators, pcall and __close, where they are possible
-- caught by: harmless
local timer = require "timer"

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local wait = function() timer.sleep(0.001) return true end
  local t = setmetatable({}, {
    __index = wait, __newindex = wait, __call = wait, __add = wait, __concat = wait, __len = wait,
    __eq = wait, __lt = wait, __le = wait, __unm = wait, __close = wait, __pairs = pairs,
  })
  local u = setmetatable({}, getmetatable(t))
  do
    local _ <close> = t
    t.x = t.x
    assert(t() and t + 1 and t .. "" and #t and t == u and t < u and t <= u and -t)
  end
  for _ in function(_, n) return (n or 0) < 3 and wait() and (n or 0) + 1 or nil end do end
  assert(pcall(wait) and xpcall(wait, print) and pcall(pcall, wait))
  return true
end

return policy
