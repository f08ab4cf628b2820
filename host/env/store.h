// A Store keeps what outlives the host: the values that policies store, a file each below
// DIR/values/RESOURCE, and the records that the host keeps of its resources, below
// DIR/records/RESOURCE.
//
// Why two folders: what the host believes of a resource (the version that it runs, the state, a
// pin, what a cluster's agent has started) is nothing that a policy may write. No key leads from
// one folder to the other, and which of the two is meant says the type of the operation; only those
// of the values have a binding.
//
// A value is replaced by writing a temporary file, on disk, and renaming it: after a crash at any
// moment the old value or the new one is there, whole. Each file begins with a line
// that holds checksum and length; what does not fit is ERROR_FILE_CORRUPT. A value is then set
// aside as KEY.corrupt~, so that it is reported once. A record stays until it is written again:
// that nobody knows what it said must not become that there was none. No key ends in '~', so no key
// is mistaken for such a file.
//
// Threading: any; of two Sets of one key at once either may be last.
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
  Reply Get(std::string_view resource, const RecordGet& call) const;
  Reply Set(std::string_view resource, const RecordSet& call) const;
  // Takes a record away, which needs no room on the disk. There being none is success.
  Outcome Drop(std::string_view resource, const std::string& record) const;
  // Removes what interrupted Sets left of `resource`. Its lock must be held.
  void Clean(std::string_view resource) const;
  // Removes folders that are named by a number instead of a resource, as earlier versions left some
  // of resources that were closed: nothing says whose they are. How many.
  int Sweep() const;

  const std::string& directory() const { return directory_; }

 private:
  explicit Store(std::string directory) : directory_(std::move(directory)) {}
  struct Shelf;
  static const Shelf kValues;
  static const Shelf kRecords;
  std::string FolderOf(const Shelf& shelf, std::string_view resource) const;
  Reply Read(const Shelf& shelf, std::string_view resource, const std::string& key) const;
  Reply Write(const Shelf& shelf, std::string_view resource, const std::string& key,
              const std::string& value) const;

  std::string directory_;
};

}  // namespace tidegate
