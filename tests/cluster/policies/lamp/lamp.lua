--- A lamp on each node, bright where it is promoted, which tells the cluster by node attributes of
--- its light and of what it sees.
local cluster = require "cluster"
local store = require "store"

local policy = {
  api = 1,
  capabilities = { "cluster", "store" },
  properties = {
    Watches = { type = "string", default = "node1", reloadable = true,
      doc = "the node of which to tell, in the attribute lamp-sees" },
  },
  timeouts = { online = "20s", offline = "20s", promote = "20s", demote = "20s", is_alive = "15s",
    terminate = "5s" },
}

-- Where there is no cluster, as under ocf-tester, there is nobody to tell.
local function tell(name, value)
  local told, err = cluster.set_attribute(name, value)
  if not told and err.name ~= "ERROR_NOT_SUPPORTED" then error(err) end
  return told
end

local function shine(light)
  assert(store.set("light", light))
  if tell("lamp", light) and light ~= "" then
    assert(cluster.attribute("lamp") == light, "what was set is not to be seen")
  end
end

function policy.online() shine("dim") end
function policy.promote() shine("bright") end
function policy.demote() shine("dim") end
function policy.offline() shine("") end

function policy.is_alive(resource, asked)
  local light = store.get("light") or ""
  if light == "" then return false, "the lamp is dark" end
  if asked and asked.probe then return true end
  local expected = resource.role == "promoted" and "bright" or "dim"
  if light ~= expected then return false, "a lamp that is " .. resource.role .. " is " .. light end
  local other = resource.properties.Watches
  tell("lamp-sees", ("%s %s %s"):format(other,
    cluster.standby { node = other } and "stands by" or "works",
    cluster.attribute("site", { node = other }) or "nowhere"))
  return true
end

return policy
