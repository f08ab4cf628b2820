// A DemoVolume is the volume of the demo and what a tester does to it: an ext4 file system on a
// loop device for root, an image file for others.
//
// It lives in a folder of its own. One that a killed demo left behind is taken over as it is found,
// so that the next run shows the recovery and leaves nothing.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "host/core/property.h"
#include "host/core/result.h"
#include "host/env/fd.h"

namespace tidegate {

class DemoVolume {
 public:
  // `kind`: "loop", "image" or empty for what this user can have; `dir`: empty for a temporary one.
  static Result<std::unique_ptr<DemoVolume>> Make(std::string kind, const std::string& dir);

  const std::filesystem::path& dir() const { return dir_; }
  std::string description() const;
  Properties properties() const;

  Outcome WriteFile();
  std::string written() const;
  Outcome UnmountBehindItsBack();
  Outcome Break();
  std::string failure() const;
  Outcome Mend();
  // Looks at the image itself when all is over: is what was written there, is the file system
  // clean?
  Result<std::string> Verify();
  // Removes everything, also what a demo that was killed left mounted or attached.
  Outcome Clean();

 private:
  DemoVolume(std::filesystem::path dir, bool loop, Fd lock)
      : dir_(std::move(dir)), loop_(loop), lock_(std::move(lock)) {}
  Outcome MakeImage();
  std::filesystem::path image() const { return dir_ / "volume.img"; }
  std::filesystem::path mount_point() const { return dir_ / "mnt"; }

  std::filesystem::path dir_;
  bool loop_;
  bool found_ = false;     // a killed demo's
  bool keep_dir_ = false;  // the user's own folder: only what is in it goes
  Fd lock_;
};

}  // namespace tidegate
