-- A12.122: a module that does what the policy may not
-- caught by: error
-- says: does not list in its capabilities
-- module m: return function() return require("volume").open("/img") end

local policy = {
  api = 1,
  capabilities = { "timer" },
}

function policy.online() end
function policy.offline() end

function policy.is_alive()
  require("m")()
end

return policy
