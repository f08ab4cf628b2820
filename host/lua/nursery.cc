// Three areas, each filled from its beginning.
#include "host/lua/nursery.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "host/lua/arena.h"

namespace tidegate {

namespace {
constexpr std::size_t kPage = 4096;
}

void Nursery::FreeMemory::operator()(char* p) const { std::free(p); }

// Zeroed: what nobody writes is then the same in every run.
Nursery::Nursery(std::size_t bytes, std::size_t block_bytes_max, const std::vector<Block>* expected,
                 std::size_t skew)
    : memory_(static_cast<char*>(std::calloc(bytes + 2 * kPage, 1))),
      begin_(memory_.get() + (kPage - reinterpret_cast<std::uintptr_t>(memory_.get()) % kPage) +
             skew),
      bytes_(bytes),
      block_bytes_max_(block_bytes_max),
      expected_(expected),
      failed_(memory_ == nullptr) {
  if (expected_ == nullptr) return;
  for (const Block& block : *expected_) {
    if (block.survival == Survival::kLives) live_bytes_ += Arena::Footprint(block.size);
    if (block.survival == Survival::kShared) shared_bytes_ += Arena::Rounded(block.size);
  }
  next_shared_ = shared_at();
  next_dying_ = next_shared_ + shared_bytes_ + kGap;
  blocks_.reserve(expected_->size());
  failed_ = failed_ || next_dying_ > bytes_;
}

void* Nursery::Resize(void* block, std::size_t old_size, std::size_t new_size) {
  if (new_size == 0) {
    if (block != nullptr) Give(block);
    return nullptr;
  }
  void* moved = Take(new_size);
  if (moved == nullptr || block == nullptr) return moved;
  std::memcpy(moved, block, std::min(old_size, new_size));
  Give(block);
  return moved;
}

void* Nursery::Take(std::size_t size) {
  if (failed_ || size > block_bytes_max_) {
    failed_ = true;
    return nullptr;
  }
  const std::size_t number = blocks_.size();
  Survival survival = expected_ == nullptr ? Survival::kLives : Survival::kDies;
  if (expected_ != nullptr) {
    if (number >= expected_->size() || (*expected_)[number].size != size) {
      failed_ = true;
      return nullptr;
    }
    survival = (*expected_)[number].survival;
  }
  blocks_.push_back({size, survival});
  char* at = begin_;
  if (expected_ != nullptr && survival == Survival::kLives) {
    at += next_live_ + Arena::Footprint(size) - Arena::Rounded(size);
    next_live_ += Arena::Footprint(size);
  } else if (expected_ != nullptr && survival == Survival::kShared) {
    at += next_shared_;
    next_shared_ += Arena::Rounded(size);
  } else {
    at += next_dying_;
    next_dying_ += Arena::Rounded(size);
    if (next_dying_ > bytes_) {
      failed_ = true;
      return nullptr;
    }
  }
  numbers_[at] = number;
  return at;
}

void Nursery::Give(void* block) {
  const auto it = numbers_.find(block);
  const std::size_t number = it->second;
  numbers_.erase(it);
  if (expected_ == nullptr) {
    blocks_[number].survival = Survival::kDies;
  } else if (blocks_[number].survival != Survival::kDies) {
    failed_ = true;
  }
}

void Nursery::Share(const void* block) {
  const auto it = numbers_.find(block);
  if (it != numbers_.end()) blocks_[it->second].survival = Survival::kShared;
}

}  // namespace tidegate
