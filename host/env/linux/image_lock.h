// An ImageLock keeps a second host away from an image file.
//
// Why an OFD lock: it belongs to this open file and not to the process, so that no other close() of
// the same file loses it, and it dies with the process however the process ends.
#pragma once

#include <string>

#include "host/env/linux/device.h"

namespace tidegate {

class ImageLock {
 public:
  // ERROR_SHARING_VIOLATION, with who holds it where that can be seen.
  Outcome Take(const Target& image);
  void Release() { fd_.Reset(); }
  bool held() const { return static_cast<bool>(fd_); }
  int fd() const { return fd_.get(); }

 private:
  Fd fd_;
};

// Opens what the identity names, and not what may lie under its name by now.
Result<Fd> OpenImage(const Target& image, int flags);

}  // namespace tidegate
