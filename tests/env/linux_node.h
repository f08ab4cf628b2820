// A Node runs one resource's processes one after the other, with what goes with its boot; and what
// is mounted there by whose hand.
#pragma once

#include <sys/sysmacros.h>

#include "tests/env/linux_lab.h"

namespace tidegate::test {

// Processes of one resource, one after the other, that share what goes with the node's boot.
class Node {
 public:
  explicit Node(const Lab& lab) : run_(lab.dir + "/run") {}
  std::unique_ptr<Host> Starts() const {
    auto host = std::make_unique<Host>(VolumesOptions{.marks = *Store::Open(run_)});
    host->volumes.Register(host->id, "vol1");
    return host;
  }

 private:
  std::string run_;
};

inline std::vector<std::string> MountedAt(const std::string& disk) {
  struct stat s = {};
  stat(disk.c_str(), &s);
  std::vector<std::string> where;
  for (const MountPoint& m : MountsOf(s.st_rdev, disk)) where.push_back(m.where);
  return where;
}

inline std::string MountByHand(const std::string& disk, const std::string& where) {
  mkdir(where.c_str(), 0755);
  REQUIRE(mount(disk.c_str(), where.c_str(), "ext4", 0, nullptr) == 0);
  return where;
}

inline VolumeHandle Found(const Reply& reply) {
  INFO(Text(reply));
  REQUIRE(reply.ok());
  return std::get<VolumeHandle>(reply.value);
}

using Places = std::vector<std::string>;

}  // namespace tidegate::test
