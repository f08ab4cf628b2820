-- A6.66: everything that is not there, by names made at run time
-- caught by: harmless

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local names = "io os package dofile loadfile load loadstring debug coroutine warn _G"
  for name in names:gmatch("%S+") do
    assert(rawget(_ENV, name) == nil)
    assert(not pcall(function() return _ENV[name] end))
  end
  return true
end

return policy
