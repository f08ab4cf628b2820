--- policies/volume, in trouble on one node: where it hangs, or computes for ever, on demand. The
--- other policy lies beside it as base.lua.
local policy = require "base"
local timer = require "timer"

policy.properties.Trouble = { type = "string", default = "none", reloadable = true,
  doc = "the entry point that is in trouble: online, offline or is_alive" }
policy.properties.Where = { type = "string", default = "", reloadable = true,
  doc = "the node on which" }

local function trouble(resource, entry)
  local p = resource.properties
  if p.Trouble ~= entry or p.Where ~= resource.node then return end
  if entry == "is_alive" then
    while true do end
  end
  timer.sleep("1h")
end

for _, entry in ipairs { "online", "offline", "is_alive" } do
  local calm = policy[entry]
  policy[entry] = function(resource, asked)
    trouble(resource, entry)
    return calm(resource, asked)
  end
end
policy.looks_alive = nil
policy.timeouts = { online = "20s", offline = "6s", is_alive = "5s", terminate = "3s" }

return policy
