// An Image is a sandbox after its load, ready to be copied: the next sandbox of the same policy is
// a block of memory copied and its pointers moved, instead of bytecode read and run again.
//
// Why: a copy takes a tenth of the time of a load, holds none of the load's garbage, and shares the
// functions' code and line numbers with all other copies. Pointers are found by comparing two loads
// at two addresses: a word that differs by exactly their distance is one. What differs otherwise
// (a table with functions as keys, whose order is that of addresses) makes no image, nor does a
// load that asks the host for anything: such a policy is loaded each time.
//
// Threading: immutable; copied from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "host/core/manifest.h"
#include "host/lua/limits.h"

struct lua_State;

namespace tidegate {

class Arena;
class CompiledPolicy;

class Image {
 public:
  // Null when there can be no image. `limits.seed` is of no consequence.
  static std::shared_ptr<const Image> Make(const CompiledPolicy& compiled,
                                           const SandboxLimits& limits);

  struct States {
    lua_State* main = nullptr;
    lua_State* entry = nullptr;  // the entry points' coroutine
  };
  // Makes the states in an empty arena; null ones if it is too small. The image must outlive them.
  States Copy(Arena& arena) const;

  const std::shared_ptr<const Manifest>& manifest() const { return manifest_; }
  std::size_t bytes() const { return words_.size() * sizeof(std::uintptr_t); }
  std::int64_t fuel() const { return fuel_; }  // that the load burned

 private:
  class Maker;
  Image() = default;

  std::vector<std::uintptr_t> words_;    // pointers among them are offsets
  std::vector<std::uint32_t> pointers_;  // which words those are
  std::vector<std::uintptr_t> shared_;   // code and line numbers, used by all copies in place
  std::size_t main_at_ = 0;              // bytes from the beginning
  std::size_t entry_at_ = 0;
  std::int64_t fuel_ = 0;
  std::shared_ptr<const Manifest> manifest_;
};

}  // namespace tidegate
