// Small policies that show what the resource DLL does with them.
#pragma once

#include <string>

namespace tidegate::test {

// Ends every entry point at once.
inline const std::string kPrompt = R"(
local policy = { api = 1, version = "1.0" }
function policy.online(resource) end
function policy.offline(resource) end
function policy.is_alive(resource) return true end
return policy)";

// Waits in each.
inline const std::string kPending = R"(
local timer = require "timer"
local policy = { api = 1, timeouts = { online = "30s" } }
function policy.online(resource)
  resource:progress("first half")
  timer.sleep("10ms")
end
function policy.offline(resource) timer.sleep("10ms") end
function policy.is_alive(resource) timer.sleep("1ms") return true end
return policy)";

// Never ends.
inline const std::string kEndless = R"(
local timer, log = require "timer", require "log"
local policy = { api = 1, timeouts = { online = "60s", is_alive = "60s" } }
function policy.online(resource)
  log.info("begun")
  while true do timer.sleep("50ms") end
end
function policy.offline(resource) end
function policy.is_alive(resource) return true end
function policy.terminate(resource, cause) log.info("terminated: %s", cause.message) end
return policy)";

// Says what it was given.
inline const std::string kTelling = R"(
local log = require "log"
local policy = { api = 1,
  properties = {
    Label = { type = "string", default = "none" },
    Retries = { type = "integer", default = 3, min = 0, max = 10 },
    Offset = { type = "integer", default = -1 },
    Force = { type = "boolean", default = false },
    Wait = { type = "duration", default = "5s" },
  } }
local function show(flags)
  local names = {}
  for name, on in pairs(flags) do if on == true then names[#names + 1] = name end end
  table.sort(names)
  return table.concat(names, " ") .. " input=" .. flags.input
end
function policy.online(resource, flags)
  local p = resource.properties
  log.info("online %s %d %d %s %s: %s", p.Label, p.Retries, p.Offset, tostring(p.Force), p.Wait,
    show(flags))
end
function policy.offline(resource, flags) log.info("offline: %s", show(flags)) end
function policy.is_alive(resource) return true end
function policy.control(resource, code, input)
  if code == 0x01200021 then return "you said " .. input end
  if code == 0x01200025 then return true end
  if code == 0x01200029 then return nil, "not today" end
end
return policy)";

}  // namespace tidegate::test
