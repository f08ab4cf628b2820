// A Nursery is the memory of a load that is to become an image. The same load runs in one three
// times: the first tells which blocks outlive it, the others put those side by side and everything
// else out of the way.
//
// Why runs and no moving: a load takes the same blocks in the same order every time, so a block is
// known by its number, and nothing has to be known about what is in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace tidegate {

class Nursery {
 public:
  enum class Survival : std::uint8_t {
    kDies,
    kLives,
    kShared,  // lives, and is the same in every copy
  };
  struct Block {
    std::size_t size;
    Survival survival;
  };

  // `bytes`: for everything that the load ever takes; nothing is used twice. `expected` is what the
  // first run found; without it this is the first.
  // Blocks begin `skew` bytes after the beginning of a page.
  Nursery(std::size_t bytes, std::size_t block_bytes_max, const std::vector<Block>* expected,
          std::size_t skew);

  // lua_Alloc's contract; `old_size` is 0 for a new block.
  void* Resize(void* block, std::size_t old_size, std::size_t new_size);
  // The block was found to be the same in every copy. First run only.
  void Share(const void* block);

  // No room, or not the blocks that were expected.
  bool failed() const { return failed_; }
  // What the first run found.
  const std::vector<Block>& blocks() const { return blocks_; }
  bool Complete() const { return expected_ == nullptr || blocks_.size() == expected_->size(); }

  const char* begin() const { return begin_; }
  std::size_t live_bytes() const { return live_bytes_; }
  std::size_t shared_bytes() const { return shared_bytes_; }
  std::size_t shared_at() const { return live_bytes_ + kGap; }
  std::size_t bytes() const { return bytes_; }
  std::size_t used() const { return next_dying_; }

 private:
  // A pointer past the end of the last live block must not look like one to the next area.
  static constexpr std::size_t kGap = 16;

  struct FreeMemory {
    void operator()(char* p) const;
  };

  void* Take(std::size_t size);
  void Give(void* block);

  std::unique_ptr<char, FreeMemory> memory_;
  char* begin_;
  std::size_t bytes_;
  std::size_t block_bytes_max_;
  const std::vector<Block>* expected_;
  std::vector<Block> blocks_;
  std::unordered_map<const void*, std::size_t> numbers_;
  std::size_t live_bytes_ = 0;
  std::size_t shared_bytes_ = 0;
  std::size_t next_live_ = 0;
  std::size_t next_shared_ = 0;
  std::size_t next_dying_ = 0;
  bool failed_ = false;
};

}  // namespace tidegate
