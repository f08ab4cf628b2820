-- A2.24: a plain search with fuel to spare
-- caught by: time
-- limit: fuel 200000000

local policy = { api = 1 }

function policy.online() end
function policy.offline() end

function policy.is_alive()
  local s, what = ("a"):rep(100000), ("a"):rep(50000) .. "b"
  while true do s:find(what, 1, true) end
end

return policy
