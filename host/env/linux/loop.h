// A LoopDevice is a volume on a loop device made from an image file. Offline means that no loop
// device has the image: that is seen in /sys, outlives this host, and the next one adopts what it
// finds.
#pragma once

#include "host/env/linux/block.h"
#include "host/env/linux/image_lock.h"

namespace tidegate {

class LoopDevice final : public BlockDevice {
 public:
  explicit LoopDevice(Target target) : BlockDevice(std::move(target)) {}

  std::string_view Kind() const override { return "loop"; }
  bool OfflineOutlivesHost() const override { return true; }
  bool IsOffline() const override;
  std::string Node() const override;
  Result<Geometry> Measure() const override;
  Result<Fd> OpenForProbe() const override;

  Outcome Own() override { return lock_.Take(target()); }
  void Disown() override { lock_.Release(); }
  Outcome Mount(const std::string& where, bool read_only) override;
  Outcome GoOnline() override;
  Result<Fd> GoOffline(Fd claim) override;

 protected:
  dev_t Rdev() const override;

 private:
  Outcome Attach();

  ImageLock lock_;
};

// "/dev/loop3" if a loop device has this image, else empty.
std::string LoopNodeOf(dev_t device, ino_t inode);

}  // namespace tidegate
