// Three loads, a comparison, a copy.
#include "host/lua/image.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "host/lua/inside.h"
#include "host/lua/load.h"
#include "host/lua/nursery.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

using Word = std::uintptr_t;

// What the load of nearly every policy takes and gives back, all together.
constexpr std::size_t kFirstTry = 256 << 10;
// Nobody looks at the clock meanwhile; a load that takes longer is done by each sandbox itself.
constexpr std::int64_t kFuelMost = 100'000;
// Gaps, and the headers of large blocks.
constexpr std::size_t kSpare = 4 << 10;

// What a load asks of the host is for one sandbox and not for its copies.
class NoHost final : public PolicyHost {
 public:
  bool asked = false;
  Instant Now() override { return asked = true, Instant{}; }
  void Log(Level, std::string_view) override { asked = true; }
  void Progress(std::string_view) override { asked = true; }
  bool Cancelled() override { return !(asked = true); }
  std::optional<Task> AllotWatch() override { return asked = true, std::nullopt; }
};

// One load in a nursery.
struct Rehearsal {
  Rehearsal(const CompiledPolicy& compiled, const SandboxLimits& limits, std::size_t bytes,
            const std::vector<Nursery::Block>* expected, std::size_t skew)
      : nursery(bytes, limits.block_bytes, expected, skew), sandbox(limits, nullptr, &nursery) {
    runtime.sandbox = &sandbox;
    runtime.host = &host;
    runtime.compiled = &compiled;
    runtime.manifest = &manifest;
    sandbox.runtime = &runtime;
    ok = !nursery.failed() && Load(sandbox, manifest).ok() && !nursery.failed() &&
         nursery.Complete() && !host.asked && !runtime.seeded &&
         tidegate_has_address_keys(sandbox.state()) == 0;
    if (!ok) return;
    lua_rawgeti(sandbox.state(), LUA_REGISTRYINDEX, slot::kThreads);
    entry = lua_tothread(sandbox.state(), -1);
    lua_settop(sandbox.state(), 0);
    // What belongs to this load must not look like a difference.
    for (lua_State* L : {sandbox.state(), entry}) {
      tidegate_clean(L);
      std::memset(lua_getextraspace(L), 0, LUA_EXTRASPACE);
    }
    lua_setallocf(sandbox.state(), lua_getallocf(sandbox.state(), nullptr), nullptr);
  }

  Word At(const void* p) const {
    return reinterpret_cast<Word>(p) - reinterpret_cast<Word>(nursery.begin());
  }

  NoHost host;
  Manifest manifest;
  Nursery nursery;
  Runtime runtime;
  Sandbox sandbox;
  lua_State* entry = nullptr;
  bool ok = false;
};

std::vector<Word> WordsAt(const char* from, std::size_t bytes) {
  std::vector<Word> words(bytes / sizeof(Word));
  if (!words.empty()) std::memcpy(words.data(), from, bytes);
  return words;
}

}  // namespace

class Image::Maker {
 public:
  explicit Maker(Image& image) : image_(image) {}

  bool Make(const CompiledPolicy& compiled, const SandboxLimits& limits) {
    std::vector<Nursery::Block> blocks;
    std::size_t bytes = std::min(limits.memory_bytes, kFirstTry);
    {
      std::optional<Rehearsal> tried(std::in_place, compiled, limits, bytes, nullptr, 0);
      if (tried->nursery.failed() && bytes < limits.memory_bytes) {
        tried.emplace(compiled, limits, limits.memory_bytes, nullptr, 0);
      }
      Rehearsal& first = *tried;
      if (!first.ok) return false;
      tidegate_each_code(
          first.sandbox.state(),
          [](void* nursery, const void* block) { static_cast<Nursery*>(nursery)->Share(block); },
          &first.nursery);
      blocks = first.nursery.blocks();
      bytes = first.nursery.used() + kSpare;
    }
    Rehearsal a(compiled, limits, bytes, &blocks, 0);
    // Addresses differ in their last byte too: what only looks like a pointer in both is found.
    Rehearsal b(compiled, limits, bytes, &blocks, 0x58);
    if (!a.ok || !b.ok || !Compare(a, b)) return false;
    image_.main_at_ = a.At(a.sandbox.state());
    image_.entry_at_ = a.At(a.entry);
    image_.fuel_ = a.sandbox.fuel_spent();
    image_.manifest_ = std::make_shared<const Manifest>(std::move(a.manifest));
    return true;
  }

 private:
  bool Compare(const Rehearsal& a, const Rehearsal& b) {
    const std::size_t live = a.nursery.live_bytes();
    const std::size_t shared_at = a.nursery.shared_at();
    const std::size_t shared_end = shared_at + a.nursery.shared_bytes();
    image_.shared_ = WordsAt(a.nursery.begin() + shared_at, a.nursery.shared_bytes());
    if (image_.shared_ != WordsAt(b.nursery.begin() + shared_at, b.nursery.shared_bytes())) {
      return false;
    }
    const auto shared = reinterpret_cast<Word>(image_.shared_.data());
    const Word base_a = a.At(nullptr) * -1;
    const Word base_b = b.At(nullptr) * -1;
    image_.words_ = WordsAt(a.nursery.begin(), live);
    const std::vector<Word> other = WordsAt(b.nursery.begin(), live);
    for (std::size_t i = 0; i < other.size(); ++i) {
      Word& word = image_.words_[i];
      if (word == other[i]) continue;
      const Word at = word - base_a;
      if (at != other[i] - base_b || at >= a.nursery.bytes()) return false;
      if (at <= live) {
        word = at;
        image_.pointers_.push_back(static_cast<std::uint32_t>(i));
      } else if (at >= shared_at && at <= shared_end) {
        word = shared + (at - shared_at);
      } else {
        word = 0;  // left over from what is dead
      }
    }
    return true;
  }

  Image& image_;
};

std::shared_ptr<const Image> Image::Make(const CompiledPolicy& compiled,
                                         const SandboxLimits& limits) {
  std::shared_ptr<Image> image(new Image);
  SandboxLimits brief = limits;
  brief.fuel = std::min(brief.fuel, kFuelMost);
  return Maker(*image).Make(compiled, brief) ? image : nullptr;
}

Image::States Image::Copy(Arena& arena) const {
  char* base = arena.Adopt(bytes(), shared_.data(), shared_.size() * sizeof(Word));
  if (base == nullptr) return {};
  std::memcpy(base, words_.data(), bytes());
  for (const std::uint32_t i : pointers_) {
    reinterpret_cast<Word*>(base)[i] += reinterpret_cast<Word>(base);
  }
  return {reinterpret_cast<lua_State*>(base + main_at_),
          reinterpret_cast<lua_State*>(base + entry_at_)};
}

}  // namespace tidegate
