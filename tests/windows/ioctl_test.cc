// Raw control codes: what no resource may send unless it is said that it may.
#include <catch2/catch_test_macros.hpp>

#include "host/core/error_code.h"
#include "tests/windows/dll_stage.h"
#include "tests/windows/test_volume.h"

namespace tidegate::test {
namespace {

// IOCTL_VOLUME_QUERY_VOLUME_NUMBER, and one that no driver knows.
const std::string kPolicy = R"(
local volume, log = require "volume", require "log"
local policy = { api = 1, properties = { VolumePath = { type = "string", required = true } } }
function policy.online(resource)
  local vol <close> = assert(volume.open(resource.properties.VolumePath))
  local number = assert(vol:ioctl(0x0056001C, "", 256))
  log.info("%d bytes, volume %d", #number, (string.unpack("<I4", number)))
  local answer, err = vol:ioctl(0x8f003ffc, "abc", 16)
  log.info("the other: %s %s", tostring(answer), err.name)
end
function policy.offline(resource) end
function policy.is_alive(resource) return true end
return policy)";

constexpr unsigned kVolume = 113;

TEST_CASE("a raw control code is refused, by name and with the remedy, unless it is granted",
          "[volume]") {
  const TestVolume volume(kVolume);
  const PolicyOnDisk policy(kPolicy);
  const auto online = [&](const std::string& capabilities) {
    auto resource =
        std::make_unique<OpenResource>(abi::kVersion4, Properties{{"PolicyPath", policy.path()},
                                                                  {"VolumePath", volume.path()},
                                                                  {"Capabilities", capabilities}});
    return std::pair(resource->Online(), std::move(resource));
  };
  for (const char* without : {"", "volume, volume.force timer store"}) {
    INFO("Capabilities: " << without);
    const unsigned requests = volume.state().requests;
    const auto [code, resource] = online(without);
    CHECK(code == static_cast<abi::Dword>(ErrorCode::kResourceFailed));
    CHECK(
        resource->record.WaitLine("volume.ioctl needs the capability \"ioctl\", which this "
                                  "resource is not granted: add ioctl to its capabilities"));
    CHECK(volume.state().requests == requests);  // the driver has heard of nothing
    CHECK(volume.state().unknown == 0);
  }
  const auto [code, resource] = online("volume ioctl");
  CHECK(code == abi::kSuccess);
  CHECK(resource->record.WaitLine("volume " + std::to_string(kVolume + 1)));
  CHECK(resource->record.WaitLine("the other: nil ERROR_INVALID_FUNCTION"));
  CHECK(volume.state().unknown == 1);
}

}  // namespace
}  // namespace tidegate::test
