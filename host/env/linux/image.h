// An ImageDevice is an image file used as a volume, without any privilege.
//
// Mounted means: a symbolic link at the mount point leads to the image. Beside the image,
// FILE.mounted_at leads back to where that link is, so that a host which knows only the image finds
// the truth. Removing the link unmounts; both survive a kill -9 just as a mount does.
//
// A link is made and removed in a folder that is held open, after it has been looked at: whoever
// puts another folder, or a link to one, in its place meanwhile finds nothing made there.
#pragma once

#include "host/env/linux/device.h"
#include "host/env/linux/image_lock.h"

namespace tidegate {

// Whether the name in the folder is a link to the image, be it that the image is gone.
bool LeadsTo(const Target& image, int folder, const std::string& link);

class ImageDevice final : public Device {
 public:
  ImageDevice(Target image, std::shared_ptr<const OffLimits> off_limits);

  std::string_view Kind() const override { return "image"; }
  bool IsDestroyed() const override;
  std::string Node() const override { return image_.path; }
  Result<Geometry> Measure() const override;
  Result<Fd> OpenForProbe() const override;
  std::vector<MountPoint> Mounts() const override;
  std::optional<MountPoint> MountAt(const std::string& where) const override;
  Result<Extents> Where() const override;
  Result<std::int64_t> Number() const override;
  Outcome Flush() const override;
  Result<Fd> ProbeDirectory(const std::string& where) const override;
  std::string ProbePrefix() const override;

  Outcome Own() override;
  void Disown() override { lock_.Release(); }
  Result<Fd> Claim() override { return Fd(); }  // the lock is the claim
  Outcome Mount(const std::string& where, bool read_only) override;
  Outcome Unmount(const std::vector<MountPoint>& mounts) override;
  Outcome ShutDown(const std::vector<MountPoint>& mounts) override;
  Outcome Remount(const std::vector<MountPoint>& mounts) override;

 private:
  Result<Fd> Folder(int flags) const;  // that the image lies in
  Outcome RemoveLink(const std::string& where) const;
  Outcome RemoveLinks(const std::vector<MountPoint>& mounts);
  void RemoveBackLink(const Fd& folder) const;
  std::string Name() const { return image_.path.substr(image_.path.rfind('/') + 1); }
  std::string BackLinkName() const { return Name() + ".mounted_at"; }

  const Target image_;
  const std::shared_ptr<const OffLimits> off_limits_;
  std::int64_t size_at_open_ = 0;
  ImageLock lock_;
};

}  // namespace tidegate
