--- Scenarios test a policy in a simulated cluster, on virtual time. The file scenarios.lua beside a
--- policy returns them by name; `tidegate test` runs them:
---
---     local scenario = require "scenario"
---
---     return {
---       ["a busy volume is retried"] = function(c)
---         c:online("vol1", "A")
---         c:settle("5m")
---         c:fault("A vol1 volume.lock#1", "fails", "ACCESS_DENIED")
---         c:move("vol1", "B")
---         c:eventually(scenario.online("vol1", "B"), "1m")
---       end,
---     }
---
--- The steps come one after the other; time passes in after, settle and eventually only. Nodes are
--- A, B, ..., resources vol1, vol2, ... Options stand in a table around the function:
---
---     ["..."] = { cluster = "pacemaker", nodes = 3, set = { OnlineRetries = 0 }, explore = 1,
---       function(c) ... end },
---
--- and those of all scenarios in `defaults = { ... }` beside them.

local host = require "host"

---@class scenario.Options
---@field [1] fun(c: Scenario)
---@field cluster? string "wsfc" or "pacemaker"; else it runs on whichever --cluster says
---@field nodes? integer default 2
---@field resources? integer default 1, each on a disk of its own
---@field set? table<string, string|integer|boolean> properties of the policy
---@field monitor? table<string, string|integer> on a Windows cluster: LooksAlivePollInterval,
--- IsAlivePollInterval, PendingTimeout, DeadlockTimeout, RestartAction, RestartThreshold,
--- RestartPeriod, RestartDelay, RetryPeriodOnFailure of the resource
---@field explore? integer also try all runs with so many deviations more; these have to keep the
--- invariants and what `always` asks for, and need not do what else the scenario expects
---@field next? string the file of the policy that swap offers, default: the same again
---@field reading? string of what the documentation leaves open, the other reading: names with
--- blanks between, such as "restart_threshold_1"
local scenario = {}

---@class Scenario
local Scenario = {}

---@type Scenario
local c = setmetatable({}, { __index = function(_, name)
  return Scenario[name] or host.ask("unknown", tostring(name))
end })

local function ask(self, ...)
  if self ~= c then error("write c:" .. (...) .. "(...), with a colon", 3) end
  return host.ask(...)
end

local watched, hoped = {}, {}

local function look()
  for _, watch in ipairs(watched) do
    if not watch.holds(c) then host.ask("violated", watch.id) end
  end
  for i = #hoped, 1, -1 do
    if hoped[i].holds(c) then
      host.ask("reached", hoped[i].id)
      table.remove(hoped, i)
    end
  end
end

-- Lets time pass. The host asks for a look after each event, and `enough` may end it.
local function wait(self, verb, time, enough)
  local said = ask(self, verb, time, (enough or watched[1] or hoped[1]) and true or false)
  while said == "look" do
    look()
    said = host.ask("looked", enough and enough(c) and true or false)
  end
  return said == "enough"
end

-- Predicates may have a text before them, for messages.
local function predicate(verb, text, holds, more)
  if type(text) ~= "string" then text, holds, more = nil, text, holds end
  if type(holds) ~= "function" then
    error("c:" .. verb .. " takes a function of the cluster, and a text before it if you like", 3)
  end
  return text, holds, more
end

--- The operator brings a resource online on a node.
---@param resource string
---@param node string
function Scenario:online(resource, node) ask(self, "online", resource, node) end

--- The operator moves a resource to a node, or to the next one.
---@param resource string
---@param node? string
function Scenario:move(resource, node) ask(self, "move", resource, node) end

--- The operator takes a resource offline.
---@param resource string
function Scenario:offline(resource) ask(self, "offline", resource) end

--- What was last asked of it is asked again: it must be harmless.
---@param resource string
function Scenario:again(resource) ask(self, "again", resource) end

--- Terminate is called although the resource is offline: it must be harmless. Windows only.
---@param resource string
function Scenario:terminate(resource) ask(self, "terminate", resource) end

--- Another version of the policy is offered to a resource: the option `next`, or the same again.
---@param resource string
---@param node string
function Scenario:swap(resource, node) ask(self, "swap", resource, node) end

--- Time passes.
---@async
---@param time number|string such as "90s"
function Scenario:after(time) wait(self, "after", time) end

--- Time passes until nothing is under way; the scenario fails when that takes longer than `within`.
---@async
---@param within? number|string default "20m"
function Scenario:settle(within) wait(self, "settle", within or "20m") end

--- What happens at a site, when the run comes there: a line of a plan in two or three pieces. The
--- scenario fails when the run never comes there.
---@param site string "A vol1 volume.dismount#1": node, resource, what, and which one of them
---@param outcome string "fails", "hangs", "disk_gone", ...
---@param code? string "ACCESS_DENIED"
function Scenario:fault(site, outcome, code) ask(self, "fault", site, outcome, code) end

--- The same as lines of a plan.
---@param lines string
function Scenario:plan(lines) ask(self, "plan", lines) end

--- Something befalls a node or a disk now.
---@param where string "A vol1"
---@param what string "disk_gone", "reboots", "host_killed", "partitioned", "intruder_opens", ...
---@param lasts? number|string how long, where it heals by itself; default "60s"
function Scenario:inject(where, what, lasts) ask(self, "inject", where, what, lasts) end

--- Everything that is broken is mended, and from here on nothing deviates.
function Scenario:heal() ask(self, "heal") end

--- From here on `holds(c)` is true after every event, or the scenario fails.
---@param text? string
---@param holds fun(c: Scenario): boolean
---@overload fun(self: Scenario, holds: fun(c: Scenario): boolean)
function Scenario:always(text, holds)
  text, holds = predicate("always", text, holds)
  local watch = { holds = holds, id = ask(self, "always", text) }
  if not holds(c) then host.ask("violated", watch.id) end
  watched[#watched + 1] = watch
end

--- Time passes until `holds(c)`; the scenario fails when that takes longer than `within`.
---@async
---@param text? string
---@param holds fun(c: Scenario): boolean
---@param within? number|string default "5m"
---@overload fun(self: Scenario, holds: fun(c: Scenario): boolean, within?: number|string)
function Scenario:eventually(text, holds, within)
  text, holds, within = predicate("eventually", text, holds, within)
  within = within or "5m"
  if holds(c) or wait(self, "until", within, holds) then return end
  error((text or "what eventually waits for") .. ": not so within " .. tostring(within), 0)
end

--- `holds(c)` is true at some moment from here on, in one of the file's scenarios at least: those
--- with the same text count as one.
---@param text string
---@param holds fun(c: Scenario): boolean
---@overload fun(self: Scenario, holds: fun(c: Scenario): boolean)
function Scenario:sometimes(text, holds)
  text, holds = predicate("sometimes", text, holds)
  local id = ask(self, "sometimes", text)
  if holds(c) then return host.ask("reached", id) end
  hoped[#hoped + 1] = { holds = holds, id = id }
end

--- What the resource last said on a node: "Online", "OnlinePending", "Failed", ...; nil where
--- nothing hosts it.
---@return string?
function Scenario:state(resource, node) return ask(self, "state", resource, node) end

--- Why it last failed there, in words, with operation, code and line; nil where it did not.
---@return string?
function Scenario:reason(resource, node) return ask(self, "reason", resource, node) end

--- How often it has said so there: c:times("vol1", "A", "Failed").
---@return integer
function Scenario:times(resource, node, state) return ask(self, "times", resource, node, state) end

--- The node that the cluster gives the resource to.
---@return string
function Scenario:owner(resource) return ask(self, "owner", resource) end

--- Whether the resource is online, as the cluster sees it.
---@return boolean
function Scenario:is_online(resource) return ask(self, "is_online", resource) end

--- Whether the node has power.
---@return boolean
function Scenario:up(node) return ask(self, "up", node) end

--- What the volume in truth is on a node: "offline", "online" or "mounted".
---@return string
function Scenario:volume(resource, node) return ask(self, "volume", resource, node) end

--- Whether a write on that node would reach the disk.
---@return boolean
function Scenario:writable(resource, node) return ask(self, "writable", resource, node) end

--- How many records of the application are on the disk.
---@return integer
function Scenario:records(resource) return ask(self, "records", resource) end

--- How many acknowledged records are only in a node's cache.
---@return integer
function Scenario:cached(resource, node) return ask(self, "cached", resource, node) end

--- "present", "gone", or "destroyed": two nodes wrote to it.
---@return string
function Scenario:disk(resource) return ask(self, "disk", resource) end

--- What the policy has stored there under a name; nil if nothing.
---@return string?
function Scenario:stored(resource, node, key) return ask(self, "stored", resource, node, key) end

--- Seconds since the scenario began.
---@return integer
function Scenario:seconds() return ask(self, "seconds") end

--- For always, eventually and sometimes: the cluster has the resource online, there or anywhere.
---@param resource string
---@param node? string
---@return fun(c: Scenario): boolean
function scenario.online(resource, node)
  return function(cluster)
    return cluster:is_online(resource) and (node == nil or cluster:owner(resource) == node)
  end
end

--- The volume is in truth offline, there or on every node that has power.
---@param resource string
---@param ... string nodes
---@return fun(c: Scenario): boolean
function scenario.offline(resource, ...)
  local nodes = { ... }
  return function(cluster)
    for _, node in ipairs(nodes) do
      if cluster:volume(resource, node) ~= "offline" then return false end
    end
    return not cluster:is_online(resource)
  end
end

--- The resource said so on that node.
---@param resource string
---@param node string
---@param state string "Failed"
---@return fun(c: Scenario): boolean
function scenario.said(resource, node, state)
  return function(cluster) return cluster:times(resource, node, state) > 0 end
end

local function tell_options(options)
  for name, value in pairs(options) do
    if (name == "set" or name == "monitor") and type(value) == "table" then
      for property, given in pairs(value) do host.ask(name, property, given) end
    elseif name ~= 1 then
      host.ask("option", tostring(name), type(value) == "table" and "a table" or value)
    end
  end
end

local function tell(file)
  if type(file) ~= "table" then
    error("scenarios.lua returns a table of scenarios by name, not " .. tostring(file), 0)
  end
  for name, entry in pairs(file) do
    local options = type(entry) == "table" and entry or {}
    local body = type(entry) == "function" and entry or options[1]
    if type(name) ~= "string" then
      error("scenarios.lua: a scenario has a name: [\"what it shows\"] = function(c) ... end", 0)
    elseif name == "defaults" and body == nil then
      host.ask("defaults")
    elseif type(body) == "function" then
      host.ask("scenario", name, body)
    else
      error("scenarios.lua: " .. name .. " is no function, and no table of options around one", 0)
    end
    tell_options(options)
  end
end

-- For the simulator: tells what is in the file, or runs the scenario that it is told to.
function scenario.main(file)
  local wanted = host.ask("begin")
  if wanted == nil then return tell(file) end
  local entry = file[wanted]
  local body = type(entry) == "table" and entry[1] or entry
  body(c)
end

return scenario
