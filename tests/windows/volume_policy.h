// The plainest policy that owns a volume: each entry point does what its name says, once.
#pragma once

#include <string>

namespace tidegate::test {

// Each poll may take `is_alive`, and the end `terminate`.
inline std::string PlainVolumePolicy(const std::string& is_alive,
                                     const std::string& terminate = "30s") {
  return R"(
local volume = require "volume"
local policy = { api = 1,
  properties = { VolumePath = { type = "string", required = true } },
  timeouts = { online = "60s", offline = "60s", is_alive = ")" +
         is_alive + R"(", terminate = ")" + terminate + R"(" } }
local function open(resource) return assert(volume.open(resource.properties.VolumePath)) end
function policy.online(resource)
  local vol <close> = open(resource)
  assert(vol:online())
  assert(vol:probe())
end
function policy.offline(resource)
  local vol <close> = open(resource)
  assert(vol:lock())
  assert(vol:dismount())
  assert(vol:offline())
end
function policy.is_alive(resource)
  local vol <close> = open(resource)
  return assert(vol:probe()) > 0
end
function policy.terminate(resource)
  local vol <close> = open(resource)
  vol:dismount { force = true }
  vol:offline()
end
return policy)";
}

}  // namespace tidegate::test
