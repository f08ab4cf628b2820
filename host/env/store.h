// A Store keeps values that outlive the host: a file each, DIR/<resource>/<key>.
//
// A value is replaced by writing a temporary file, on disk, and renaming it: after a crash at any
// moment the old value or the new one is there, whole. Each file begins with a line
// that holds checksum and length; one that does not fit is set aside as KEY.corrupt~ and reported
// once as ERROR_FILE_CORRUPT. No key ends in '~', so no key is mistaken for such a file.
//
// Keys that begin with '.' are the host's own (".state" is resource.state): allowed here, refused
// by the binding. Threading: any; of two Sets of one key at once either may be last.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "host/core/call.h"
#include "host/core/result.h"

namespace tidegate {

class Store {
 public:
  // Makes the directory, and those above it, if need be.
  static Result<Store> Open(std::string directory);

  Reply Get(std::string_view resource, const StoreGet& call) const;
  Reply Set(std::string_view resource, const StoreSet& call) const;
  // Removes what interrupted Sets left of `resource`. Its lock must be held.
  void Clean(std::string_view resource) const;

  const std::string& directory() const { return directory_; }

 private:
  explicit Store(std::string directory) : directory_(std::move(directory)) {}
  std::string PathOf(std::string_view resource) const;

  std::string directory_;
};

}  // namespace tidegate
