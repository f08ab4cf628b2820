// An Arena is the memory of one sandbox: capped, and given back whole without looking at what is in
// it.
//
// Why our own: a killed Lua state must not be closed (closing runs the script's finalizers), so its
// memory has to go without its help. Small blocks are carved from a few chunks and kept on free
// lists by size; large blocks stand alone on a chain. Freeing the arena frees the chunks and the
// chain.
//
// The cap counts what is taken from the system, so that a hoard of freed blocks cannot pass it.
// Refusals are counted: each one makes Lua run a full collection, so a script that provokes them in
// a loop is to be killed. What Lua gets at its second try, after collecting, was not refused.
// Threading: none.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tidegate {

class Arena {
 public:
  Arena(std::size_t cap_bytes, std::size_t block_bytes_max);
  ~Arena() { Drop(); }
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // lua_Alloc's contract; `old_size` is 0 for a new block. Shrinking never fails.
  void* Resize(void* block, std::size_t old_size, std::size_t new_size);
  // Takes the first `bytes` as one piece, for a copy of blocks that lie as a nursery laid them;
  // null if the cap forbids it. Blocks within `shared` are nobody's to free.
  char* Adopt(std::size_t bytes, const void* shared, std::size_t shared_bytes);
  // Gives everything back.
  void Drop();

  // What a block of `size` bytes takes, and with the header that large ones have.
  static std::size_t Rounded(std::size_t size);
  static std::size_t Footprint(std::size_t size);

  std::size_t footprint() const { return footprint_; }  // bytes taken from the system
  std::size_t peak() const { return peak_; }
  int refused() const { return refused_; }
  std::size_t refused_bytes() const { return refused_bytes_; }  // of the latest refusal
  std::size_t cap() const { return cap_; }
  std::size_t block_max() const { return block_max_; }

 private:
  struct Chunk;
  struct Large;
  struct Free {
    Free* next;
  };
  // Multiples of 8 up to 256, then four sizes to every doubling up to 2048.
  static constexpr std::size_t kClasses = 32 + 12;

  void* Take(std::size_t size);
  void* TakeSmall(std::size_t size);
  void Give(void* block, std::size_t size);
  void* Carve(std::size_t rounded);
  void* Split(std::size_t index);
  bool NewChunk(std::size_t at_least);
  void* TakeLarge(std::size_t size);
  void* ResizeLarge(void* block, std::size_t new_size);
  void GiveLarge(void* block);
  void Donate(char* memory, std::size_t size);
  bool IsShared(const void* block) const {
    return reinterpret_cast<std::uintptr_t>(block) - shared_ < shared_bytes_;
  }
  void Account(std::size_t bytes);
  void* Refuse(std::size_t size);
  void Given(std::size_t size);

  std::size_t cap_;
  std::size_t block_max_;
  std::size_t footprint_ = 0;
  std::size_t peak_ = 0;
  std::size_t refused_bytes_ = 0;
  std::size_t tried_ = 0;  // refused just now, and perhaps tried again
  int refused_ = 0;
  Chunk* chunks_ = nullptr;
  Large* large_ = nullptr;
  char* bump_ = nullptr;
  char* bump_end_ = nullptr;
  std::uintptr_t shared_ = 0;
  std::size_t shared_bytes_ = 0;
  std::array<Free*, kClasses> free_{};
};

}  // namespace tidegate
