// Size classes, chunks, and the chain of large blocks.
#include "host/lua/arena.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <tuple>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define TIDEGATE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TIDEGATE_ASAN 1
#endif
#endif
#ifdef TIDEGATE_ASAN
#include <sanitizer/asan_interface.h>
#define TIDEGATE_HIDE(p, n) ASAN_POISON_MEMORY_REGION(p, n)
#define TIDEGATE_SHOW(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define TIDEGATE_HIDE(p, n) ((void)(p), (void)(n))
#define TIDEGATE_SHOW(p, n) ((void)(p), (void)(n))
#endif

namespace tidegate {
namespace {

constexpr std::size_t kSmallMax = 2048;
constexpr std::size_t kExactMax = 256;
// What a bare state with an empty policy needs; then little at a time, for most sandboxes end
// there; then an eighth of what there is, so that a large arena is a few dozen chunks.
constexpr std::size_t kFirstChunk = 10 << 10;
constexpr std::size_t kChunkSmall = 2 << 10;
// Beside a copied image: what an entry point without an operation takes.
constexpr std::size_t kFirstRoom = 512;
constexpr std::size_t kSmallArena = 48 << 10;
constexpr std::size_t kChunkMax = 64 << 10;

std::size_t ClassOf(std::size_t size) {
  if (size <= kExactMax) return (size + 7) / 8 - 1;
  std::size_t base = kExactMax;
  std::size_t index = 32;
  while (size > base * 2) {
    base *= 2;
    index += 4;
  }
  return index + (size - base + base / 4 - 1) / (base / 4) - 1;
}

std::size_t SizeOf(std::size_t index) {
  if (index < 32) return (index + 1) * 8;
  const std::size_t base = kExactMax << ((index - 32) / 4);
  return base + ((index - 32) % 4 + 1) * (base / 4);
}

}  // namespace

struct Arena::Chunk {
  Chunk* next;
  std::size_t size;
};

struct Arena::Large {
  Large* next;
  Large* previous;
  std::size_t size;  // of the whole allocation; 0: a part of the first chunk
};

std::size_t Arena::Rounded(std::size_t size) {
  return size > kSmallMax ? (size + 7) / 8 * 8 : SizeOf(ClassOf(size));
}

std::size_t Arena::Footprint(std::size_t size) {
  return Rounded(size) + (size > kSmallMax ? sizeof(Large) : 0);
}

Arena::Arena(std::size_t cap_bytes, std::size_t block_bytes_max)
    : cap_(cap_bytes), block_max_(block_bytes_max) {}

void* Arena::Resize(void* block, std::size_t old_size, std::size_t new_size) {
  if (new_size == 0) {
    if (block != nullptr) Give(block, old_size);
    return nullptr;
  }
  if (block == nullptr) return Take(new_size);
  if (old_size > kSmallMax && new_size > kSmallMax) {
    if ((static_cast<Large*>(block) - 1)->size != 0) return ResizeLarge(block, new_size);
    if (new_size <= old_size) return block;
  }
  if (old_size <= kSmallMax && new_size <= kSmallMax && ClassOf(old_size) == ClassOf(new_size)) {
    TIDEGATE_HIDE(block, SizeOf(ClassOf(old_size)));
    TIDEGATE_SHOW(block, new_size);
    return block;
  }
  void* moved = nullptr;
  if (new_size < old_size) {
    // Shrinking is what a collection does between two tries: it counts for nothing.
    const auto counts = std::pair(refused_, tried_);
    moved = Take(new_size);
    std::tie(refused_, tried_) = counts;
    // Stays where it is, and what is left over is lost until the arena is dropped.
    if (moved == nullptr) return block;
  } else {
    moved = Take(new_size);
    if (moved == nullptr) return nullptr;
  }
  std::memcpy(moved, block, std::min(old_size, new_size));
  Give(block, old_size);
  return moved;
}

void* Arena::Take(std::size_t size) {
  void* block = size > kSmallMax ? TakeLarge(size) : TakeSmall(size);
  if (block != nullptr) Given(size);
  return block;
}

void* Arena::TakeSmall(std::size_t size) {
  const std::size_t index = ClassOf(size);
  void* block = nullptr;
  if (Free* head = free_[index]) {
    TIDEGATE_SHOW(head, sizeof(Free));
    free_[index] = head->next;
    block = head;
  } else {
    const bool room = static_cast<std::size_t>(bump_end_ - bump_) >= SizeOf(index);
    if (!room) block = Split(index);
    if (block == nullptr) block = Carve(SizeOf(index));
    if (block == nullptr) return Refuse(size);
  }
  TIDEGATE_SHOW(block, size);
  return block;
}

void Arena::Give(void* block, std::size_t size) {
  if (IsShared(block)) return;
  if (size > kSmallMax) {
    auto* large = static_cast<Large*>(block) - 1;
    if (large->size != 0) return GiveLarge(block);
    return Donate(reinterpret_cast<char*>(large), Footprint(size));
  }
  const std::size_t index = ClassOf(size);
  TIDEGATE_SHOW(block, sizeof(Free));
  auto* head = static_cast<Free*>(block);
  head->next = free_[index];
  free_[index] = head;
  TIDEGATE_HIDE(block, SizeOf(index));
}

void* Arena::Carve(std::size_t rounded) {
  if (static_cast<std::size_t>(bump_end_ - bump_) < rounded && !NewChunk(rounded)) return nullptr;
  void* block = bump_;
  bump_ += rounded;
  return block;
}

// Before more is taken from the system, a larger free block is cut; the rest goes to its own list.
void* Arena::Split(std::size_t index) {
  const std::size_t wanted = SizeOf(index);
  for (std::size_t i = index + 1; i < kClasses; ++i) {
    if (free_[i] == nullptr) continue;
    Free* head = free_[i];
    TIDEGATE_SHOW(head, SizeOf(i));
    free_[i] = head->next;
    Donate(reinterpret_cast<char*>(head) + wanted, SizeOf(i) - wanted);
    return head;
  }
  return nullptr;
}

// Makes free blocks of memory that is part of a chunk.
void Arena::Donate(char* memory, std::size_t size) {
  while (size >= sizeof(Free)) {
    std::size_t to = ClassOf(std::min(size, kSmallMax));
    if (SizeOf(to) > size) --to;
    Give(memory, SizeOf(to));
    memory += SizeOf(to);
    size -= SizeOf(to);
  }
}

char* Arena::Adopt(std::size_t bytes, const void* shared, std::size_t shared_bytes) {
  const std::size_t size = sizeof(Chunk) + bytes + kFirstRoom;
  if (size > cap_) return nullptr;
  auto* chunk = static_cast<Chunk*>(std::malloc(size));
  if (chunk == nullptr) return nullptr;
  *chunk = {nullptr, size};
  chunks_ = chunk;
  char* begin = reinterpret_cast<char*>(chunk + 1);
  bump_ = begin + bytes;
  bump_end_ = bump_ + kFirstRoom;
  TIDEGATE_HIDE(bump_, kFirstRoom);
  shared_ = reinterpret_cast<std::uintptr_t>(shared);
  shared_bytes_ = shared_bytes;
  Account(size);
  return begin;
}

bool Arena::NewChunk(std::size_t at_least) {
  const std::size_t header = sizeof(Chunk);
  std::size_t size = footprint_ == 0            ? kFirstChunk
                     : footprint_ < kSmallArena ? kChunkSmall
                                                : std::min(footprint_ / 8, kChunkMax);
  size = std::max(size, header + at_least);
  size = std::min(size, cap_ - std::min(footprint_, cap_));
  if (size < header + at_least) return false;
  auto* chunk = static_cast<Chunk*>(std::malloc(size));
  if (chunk == nullptr) return false;
  // What was left of the last chunk is not lost.
  Donate(bump_, static_cast<std::size_t>(bump_end_ - bump_));
  *chunk = {chunks_, size};
  chunks_ = chunk;
  bump_ = reinterpret_cast<char*>(chunk) + header;
  bump_end_ = bump_ + (size - header) / 8 * 8;
  TIDEGATE_HIDE(bump_, bump_end_ - bump_);
  Account(size);
  return true;
}

void* Arena::TakeLarge(std::size_t size) {
  const std::size_t whole = size + sizeof(Large);
  if (size > block_max_ || whole > cap_ - std::min(footprint_, cap_)) return Refuse(size);
  auto* large = static_cast<Large*>(std::malloc(whole));
  if (large == nullptr) return Refuse(size);
  *large = {large_, nullptr, whole};
  if (large_ != nullptr) large_->previous = large;
  large_ = large;
  Account(whole);
  return large + 1;
}

void* Arena::ResizeLarge(void* block, std::size_t new_size) {
  auto* large = static_cast<Large*>(block) - 1;
  const std::size_t whole = new_size + sizeof(Large);
  const std::size_t before = large->size;
  if (whole > before &&
      (new_size > block_max_ || whole - before > cap_ - std::min(footprint_, cap_))) {
    return Refuse(new_size);
  }
  const bool first = large_ == large;
  auto* moved = static_cast<Large*>(std::realloc(large, whole));
  if (moved == nullptr) return whole <= before ? block : Refuse(new_size);
  moved->size = whole;
  if (moved->next != nullptr) moved->next->previous = moved;
  if (moved->previous != nullptr) moved->previous->next = moved;
  if (first) large_ = moved;
  footprint_ -= before;
  Account(whole);
  if (whole > before) Given(new_size);
  return moved + 1;
}

void Arena::GiveLarge(void* block) {
  auto* large = static_cast<Large*>(block) - 1;
  if (large->next != nullptr) large->next->previous = large->previous;
  if (large->previous != nullptr) large->previous->next = large->next;
  if (large_ == large) large_ = large->next;
  footprint_ -= large->size;
  std::free(large);
}

void Arena::Account(std::size_t bytes) {
  footprint_ += bytes;
  peak_ = std::max(peak_, footprint_);
}

void* Arena::Refuse(std::size_t size) {
  if (tried_ == size) {
    tried_ = 0;
  } else {
    ++refused_;
    tried_ = size;
  }
  refused_bytes_ = size;
  return nullptr;
}

// After a refusal Lua collects and tries once more: then it was no refusal.
void Arena::Given(std::size_t size) {
  if (tried_ == size) --refused_;
  tried_ = 0;
}

void Arena::Drop() {
  for (Chunk* chunk = chunks_; chunk != nullptr;) {
    Chunk* next = chunk->next;
    TIDEGATE_SHOW(chunk, chunk->size);
    std::free(chunk);
    chunk = next;
  }
  for (Large* large = large_; large != nullptr;) {
    Large* next = large->next;
    std::free(large);
    large = next;
  }
  chunks_ = nullptr;
  large_ = nullptr;
  bump_ = bump_end_ = nullptr;
  free_.fill(nullptr);
  footprint_ = 0;
}

}  // namespace tidegate
