// A BlockDevice is a block device under /dev used as a volume. Its claim is O_EXCL: the kernel then
// lets nobody mount it, nor build anything on it.
//
// Offline lives only as long as the claim, and that as long as this process; a ScsiDisk has a state
// of its own in the kernel that outlives us.
#pragma once

#include <memory>
#include <string>

#include "host/env/linux/device.h"

namespace tidegate {

class BlockDevice : public Device {
 public:
  explicit BlockDevice(Target target) : target_(std::move(target)) {}

  std::string_view Kind() const override { return "block"; }
  std::string Node() const override { return target_.path; }
  Result<Geometry> Measure() const override;
  Result<Fd> OpenForProbe() const override;
  std::vector<MountPoint> Mounts() const override;
  Result<Extents> Where() const override;
  Result<std::int64_t> Number() const override;
  Outcome Flush() const override;
  Result<Fd> ProbeDirectory(const std::string& where) const override;
  bool IsPartition() const override;
  bool IsMapped() const override;
  Result<Fd> OpenForCommands() const override;

  Result<Fd> Claim() override;
  Outcome Mount(const std::string& where, bool read_only) override;
  Outcome Unmount(const std::vector<MountPoint>& mounts) override;
  Outcome ShutDown(const std::vector<MountPoint>& mounts) override;
  Outcome Remount(const std::vector<MountPoint>& mounts) override;
  bool HasShutDownRemains() const override;
  std::string Holders() const override;

 protected:
  virtual dev_t Rdev() const { return target_.identity.device; }
  const Target& target() const { return target_; }

 private:
  bool IsRemoved() const;
  Result<Fd> OpenNode(int flags) const;
  Result<std::string> FileSystemType() const;

  const Target target_;
};

class ScsiDisk final : public BlockDevice {
 public:
  ScsiDisk(Target target, std::string state_file)
      : BlockDevice(std::move(target)), state_file_(std::move(state_file)) {}
  std::string_view Kind() const override { return "scsi"; }
  bool OfflineOutlivesHost() const override { return true; }
  bool OfflineStopsIo() const override { return true; }
  bool IsOffline() const override;
  Outcome GoOnline() override;
  Result<Fd> GoOffline(Fd claim) override;

 private:
  const std::string state_file_;  // /sys/dev/block/8:0/device/state
};

// A ScsiDisk where the kernel lets us set its state, else a BlockDevice.
std::unique_ptr<Device> MakeBlockDevice(const Target& target);

}  // namespace tidegate
