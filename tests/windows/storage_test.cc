// The STORAGE_ control codes on volumes of the test driver.
#include <catch2/catch_test_macros.hpp>
#include <cstring>

#include "host/apps/resource_dll/control_codes.h"
#include "host/apps/resource_dll/utf16.h"
#include "host/core/error_code.h"
#include "tests/windows/dll_stage.h"
#include "tests/windows/test_volume.h"
#include "tests/windows/volume_policy.h"

namespace tidegate::test {
namespace {

constexpr abi::Dword Number(ErrorCode code) { return static_cast<abi::Dword>(code); }
constexpr unsigned kVolume = 110;  // its disk is PhysicalDrive120

template <class T>
T At(const std::vector<std::byte>& bytes, std::size_t at) {
  T value{};
  REQUIRE(bytes.size() >= at + sizeof value);
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::string TextAt(const std::vector<std::byte>& bytes, std::size_t at, std::size_t size) {
  std::u16string text(size / 2, u'\0');
  std::memcpy(text.data(), bytes.data() + at, text.size() * 2);
  return ToUtf8(text.c_str(), text.size());
}

// A value list as lines: syntax, then what it says.
std::string Shown(const std::vector<std::byte>& list) {
  std::string out;
  std::size_t at = 0;
  for (auto syntax = At<abi::Dword>(list, at); syntax != 0; syntax = At<abi::Dword>(list, at)) {
    const auto size = At<abi::Dword>(list, at + 4);
    const std::size_t data = at + 8;
    char head[16];
    std::snprintf(head, sizeof head, "%08x ", syntax);
    out += head;
    if (syntax == abi::kDiskGuid) {
      out += TextAt(list, data, size);
    } else if (syntax == abi::kDiskSize) {
      out += std::to_string(At<std::uint64_t>(list, data));
    } else if (size == 4) {
      out += std::to_string(At<abi::Dword>(list, data));
    } else {
      CHECK((size == sizeof(abi::PartitionInfo) || size == sizeof(abi::PartitionInfoEx)));
      out += TextAt(list, data + 4, 520);
    }
    out += "\n";
    at = data + (size + 3) / 4 * 4;
  }
  CHECK(at + 4 == list.size());
  return out;
}

struct Owner {
  Owner()
      : volume(kVolume),
        policy(PlainVolumePolicy("60s")),
        resource(abi::kVersion4, {{"PolicyPath", policy.path()}, {"VolumePath", volume.path()}}) {}
  ControlResult Ask(abi::Dword code, std::span<const std::byte> in = {}) const {
    return resource.monitor.Control(resource.id, code, in);
  }
  abi::Dword HasPath(const std::u16string& path) const {
    return Ask(control::kStorageIsPathValid,
               std::as_bytes(std::span(path.c_str(), path.size() + 1)))
        .status;
  }

  TestVolume volume;
  PolicyOnDisk policy;
  OpenResource resource;
};

TEST_CASE("the disk below a volume is told, with the size that it takes", "[storage]") {
  Owner t;
  CHECK(t.Ask(control::kStorageGetDiskInfo).status == Number(ErrorCode::kResourceNotOnline));
  REQUIRE(t.resource.Online() == abi::kSuccess);
  const std::string head =
      "000b0003 {00000078-0000-0000-0000-0000000000ee}\n"
      "00060002 50397186\n"  // port 2, path 0, target 1, unit 3
      "00070002 120\n";
  const ControlResult plain = t.Ask(control::kStorageGetDiskInfo);
  REQUIRE(plain.status == abi::kSuccess);
  CHECK(Shown(plain.data) == head + "00080001 " + t.volume.path() + "\n");
  const ControlResult extended = t.Ask(control::kStorageGetDiskInfoEx);
  REQUIRE(extended.status == abi::kSuccess);
  CHECK(Shown(extended.data) == head + "000c0006 262144\n000d0001 " + t.volume.path() + "\n");
  // The partition is the list's last entry, before the end mark.
  const auto partition = At<abi::PartitionInfoEx>(
      extended.data, extended.data.size() - 4 - sizeof(abi::PartitionInfoEx));
  CHECK(partition.total_bytes == TEST_VOLUME_BYTES);
  CHECK(partition.device_number == 120);
  CHECK(partition.partition_number == 1);
  CHECK(partition.volume_guid.bytes[0] == 0x7e);  // of {71de6a7e-...
  CHECK(partition.volume_guid.bytes[15] == kVolume);
  const auto room = [&](std::size_t size) {
    return t.resource.monitor.ControlOnce(t.resource.id, control::kStorageGetDiskInfoEx, {}, size);
  };
  CHECK(room(0).status == abi::kMoreData);
  CHECK(room(extended.data.size() - 1).status == abi::kMoreData);
  CHECK(room(extended.data.size() - 1).returned == extended.data.size());
  CHECK(room(extended.data.size()).status == abi::kSuccess);
  // Nothing is left open, and the resource goes on.
  CHECK(t.resource.monitor.IsAlive(t.resource.id));
  CHECK(t.resource.Offline() == abi::kSuccess);
  CHECK(t.Ask(control::kStorageGetDiskInfo).status == Number(ErrorCode::kResourceNotOnline));
}

TEST_CASE("dirty volumes are told by their numbers", "[storage]") {
  Owner t;
  REQUIRE(t.resource.Online() == abi::kSuccess);
  const ControlResult clean = t.Ask(control::kStorageGetDirty);
  CHECK(clean.status == abi::kSuccess);
  CHECK(clean.returned == 0);
  t.volume.Is(TEST_IS_DIRTY);
  const ControlResult dirty = t.Ask(control::kStorageGetDirty);
  REQUIRE(dirty.status == abi::kSuccess);
  REQUIRE(dirty.data.size() == 4);
  CHECK(At<abi::Dword>(dirty.data, 0) == kVolume + 1);
  CHECK(t.resource.monitor.ControlOnce(t.resource.id, control::kStorageGetDirty, {}, 3).returned ==
        4);
  t.volume.Fail(0x00090078, 0xc0000185);
  CHECK(t.Ask(control::kStorageGetDirty).status == Number(ErrorCode::kIoDevice));
}

TEST_CASE("a path is valid where it leads to the resource's own volume", "[storage]") {
  constexpr abi::Dword kBadPathname = 161;
  Owner t;
  REQUIRE(t.resource.Online() == abi::kSuccess);
  CHECK(t.HasPath(u"C:\\windows") == kBadPathname);
  CHECK(t.HasPath(u"*?") == kBadPathname);
  CHECK(t.Ask(control::kStorageIsPathValid).status == abi::kInvalidParameter);
  // A policy that leaves the volume alone, so that it may be the one that Wine runs on.
  const PolicyOnDisk idle(R"(
    local policy = { api = 1, properties = { VolumePath = { type = "string" } } }
    function policy.online() end
    function policy.offline() end
    function policy.is_alive() return true end
    return policy)");
  OpenResource system(abi::kVersion4, {{"PolicyPath", idle.path()}, {"VolumePath", "C:"}});
  REQUIRE(system.Online() == abi::kSuccess);
  const auto ask = [&](const std::u16string& path) {
    return system.monitor
        .Control(system.id, control::kStorageIsPathValid,
                 std::as_bytes(std::span(path.c_str(), path.size() + 1)))
        .status;
  };
  CHECK(ask(u"C:\\windows") == abi::kSuccess);
  CHECK(ask(u"c:\\windows\\system32\\") == abi::kSuccess);
  CHECK(ask(u"C:\\no such folder") == Number(ErrorCode::kPathNotFound));
  CHECK(ask(u"Z:\\") == kBadPathname);
}

TEST_CASE("a policy's own answer comes first, and one without a volume has none", "[storage]") {
  const PolicyOnDisk policy(R"(
    local policy = { api = 1, properties = { VolumePath = { type = "string" } } }
    function policy.online() end
    function policy.offline() end
    function policy.is_alive() return true end
    function policy.control(resource, code)
      if code == 0x01000219 then return "mine" end
    end
    return policy)");
  OpenResource resource(abi::kVersion4, {{"PolicyPath", policy.path()}});
  REQUIRE(resource.Online() == abi::kSuccess);
  CHECK(resource.monitor.Control(resource.id, control::kStorageGetDirty).returned == 4);
  CHECK(resource.monitor.Control(resource.id, control::kStorageGetDiskInfo).status ==
        abi::kInvalidFunction);
}

TEST_CASE("cluster.* answers from clusapi.dll", "[storage]") {
  const PolicyOnDisk policy(R"(
    local cluster, log = require "cluster", require "log"
    local policy = { api = 1 }
    function policy.online()
      local nodes = assert(cluster.nodes())
      local here = nodes[1] == assert(cluster.owner())
      log.info("%d nodes, the other is %s, quorum %s, owned here %s", #nodes, nodes[2],
        tostring(cluster.quorum()), tostring(here))
    end
    function policy.offline() end
    function policy.is_alive() return true end
    return policy)");
  OpenResource resource(abi::kVersion4, {{"PolicyPath", policy.path()}});
  REQUIRE(resource.Online() == abi::kSuccess);
  CHECK(resource.record.WaitLine("2 nodes, the other is OTHER, quorum true, owned here true"));
}

}  // namespace
}  // namespace tidegate::test
