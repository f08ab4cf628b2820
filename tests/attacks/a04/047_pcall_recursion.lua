-- A4.47: recursion through pcall
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local depth = 0
  local function f()
    depth = depth + 1
    return pcall(f)
  end
  local answers = { f() }
  assert(depth > 100 and depth < 250)
  assert(#answers == depth + 1 and answers[depth] == false)
  assert(answers[depth + 1]:find("overflow"))
  return true
end

return policy
