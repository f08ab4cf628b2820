// The memory of a sandbox.
#include "host/lua/arena.h"

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <vector>

namespace tidegate {
namespace {

struct Block {
  unsigned char* at;
  std::size_t size;
  unsigned char mark;
};

bool Intact(const Block& b) {
  for (std::size_t i = 0; i < b.size; ++i) {
    if (b.at[i] != b.mark) return false;
  }
  return true;
}

TEST_CASE("blocks keep their content through any sequence of sizes") {
  Arena arena(1 << 20, 128 << 10);
  std::uint32_t random = 1;
  const auto next = [&](std::uint32_t n) {
    random = random * 1664525 + 1013904223;
    return (random >> 8) % n;
  };
  std::vector<Block> blocks;
  for (int step = 0; step < 50'000; ++step) {
    const std::size_t size = 1 + next(next(20) == 0 ? 20'000 : 600);
    const auto mark = static_cast<unsigned char>(step);
    if (blocks.size() < 200) {
      auto* at = static_cast<unsigned char*>(arena.Resize(nullptr, 0, size));
      if (at == nullptr) continue;
      std::memset(at, mark, size);
      blocks.push_back({at, size, mark});
      continue;
    }
    Block& b = blocks[next(200)];
    REQUIRE(Intact(b));
    if (next(3) == 0) {
      arena.Resize(b.at, b.size, 0);
      b = blocks.back();
      blocks.pop_back();
      continue;
    }
    auto* at = static_cast<unsigned char*>(arena.Resize(b.at, b.size, size));
    if (at == nullptr) {
      REQUIRE(size > b.size);
      continue;
    }
    std::memset(at, mark, size);
    b = {at, size, mark};
    REQUIRE(reinterpret_cast<std::uintptr_t>(at) % 8 == 0);
  }
  CHECK(arena.footprint() <= std::size_t{1} << 20);
  arena.Drop();
  CHECK(arena.footprint() == 0);
}

TEST_CASE("the cap holds, counts refusals, and shrinking never fails") {
  Arena arena(64 << 10, 16 << 10);
  CHECK(arena.Resize(nullptr, 0, (16 << 10) + 1) == nullptr);
  CHECK(arena.refused() == 1);
  CHECK(arena.Resize(nullptr, 0, (16 << 10) + 1) == nullptr);  // Lua's second try
  CHECK(arena.refused() == 1);
  CHECK(arena.refused_bytes() == (16 << 10) + 1);
  std::vector<void*> blocks;
  while (void* block = arena.Resize(nullptr, 0, 1000)) blocks.push_back(block);
  CHECK(arena.refused() == 2);
  arena.Resize(blocks.back(), 1000, 0);
  blocks.back() = arena.Resize(nullptr, 0, 1000);
  CHECK(blocks.back() != nullptr);
  CHECK(arena.refused() == 1);  // what the second try gets was not refused
  CHECK(arena.footprint() <= 64 << 10);
  CHECK(blocks.size() > 40);
  for (void*& block : blocks) {
    block = arena.Resize(block, 1000, 40);
    REQUIRE(block != nullptr);
  }
  CHECK(arena.refused() == 1);
  // What was freed in one size is there for another.
  int small = 0;
  while (arena.Resize(nullptr, 0, 100) != nullptr) ++small;
  CHECK(small > 300);
}

}  // namespace
}  // namespace tidegate
