// Metering and killing.
#include "host/lua/sandbox.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "host/lua/inside.h"
#include "host/lua/lua_headers.h"
#include "host/lua/nursery.h"

namespace tidegate {
namespace {

// A garbage collection at every refusal is what makes refusals dear.
constexpr std::int64_t kRefusalFuel = 20'000;
// Finding room for a block and, one day, that it is garbage.
constexpr std::int64_t kBlockFuel = 2;
// A stack that grows beyond this is worth knowing where: the next growth may be the refused one.
constexpr std::size_t kNotableGrowth = 2 << 10;
// Little garbage is kept: most sandboxes wait most of the time, and there are many.
constexpr int kGcPause = 110;
constexpr int kGcStepMultiplier = 200;
constexpr int kGcStepLog2 = 10;

int Panic(lua_State* L) {
  const char* text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "?";
  std::fprintf(stderr, "tidegate: unprotected Lua error: %s\n", text);
  std::abort();
}

}  // namespace

std::string Where(lua_State* L) {
  constexpr int kLevels = 200;
  lua_Debug ar;
  std::string built_in;
  for (int level = 0; level < kLevels && lua_getstack(L, level, &ar) != 0; ++level) {
    if (lua_getinfo(L, "Sl", &ar) == 0 || ar.currentline <= 0) continue;
    std::string at = std::string(ar.short_src) + ":" + std::to_string(ar.currentline);
    if (!at.starts_with(kBuiltIn)) return at;
    if (built_in.empty()) built_in = std::move(at);
  }
  return built_in;
}

Sandbox::Sandbox(const SandboxLimits& limits, PolicyHost* host, Nursery* nursery)
    : first_slice_(std::min(limits::kFuelSlice, limits.fuel)),
      arena_(limits.memory_bytes, limits.block_bytes),
      limits_(limits),
      host_(host),
      nursery_(nursery) {
  state_ = lua_newstate(nursery_ == nullptr ? &Sandbox::Allocate : &AllocateInNursery, this);
  if (state_ == nullptr) return;
  Own(state_);
  lua_atpanic(state_, &Panic);
  lua_gc(state_, LUA_GCINC, kGcPause, kGcStepMultiplier, kGcStepLog2);
}

Sandbox::Sandbox(const SandboxLimits& limits, PolicyHost* host, const Image& image)
    : first_slice_(std::min(limits::kFuelSlice, limits.fuel)),
      arena_(limits.memory_bytes, limits.block_bytes),
      limits_(limits),
      host_(host) {
  const Image::States states = image.Copy(arena_);
  if (states.main == nullptr) return;
  state_ = states.main;
  copied_entry_ = states.entry;
  fuel_spent_ = image.fuel();
  lua_setallocf(state_, &Sandbox::Allocate, this);
  Own(copied_entry_);
  Own(state_);
}

Sandbox::~Sandbox() = default;

static_assert(LUA_EXTRASPACE == sizeof(Sandbox*));

void Sandbox::Own(lua_State* L) {
  *static_cast<Sandbox**>(lua_getextraspace(L)) = this;
  counter_ = lua_fuelptr(L);
  lua_setfuel(L, kUnmetered, &Sandbox::OnFuel);
}

bool Sandbox::Call(CFunction function) {
  error_.clear();
  Begin(state_);
  lua_pushcfunction(state_, function);
  const int status = lua_pcall(state_, 0, 0, 0);
  End();
  if (status == LUA_ERRMEM) OutOfMemory();
  if (status != LUA_OK) {
    std::size_t size = 0;
    if (lua_type(state_, -1) == LUA_TSTRING) {
      const char* text = lua_tolstring(state_, -1, &size);
      error_.assign(text, size);
    } else {
      error_ = std::string("an error that is not a text but a ") + luaL_typename(state_, -1);
    }
    lua_settop(state_, 0);
  }
  if (killed()) error_ = kill_message_ + (kill_where_.empty() ? "" : " at " + kill_where_);
  return status == LUA_OK && !killed();
}

// Called by Lua when the granted fuel is spent. May not touch the Lua stack; 1 makes Lua raise, and
// 2 tells it that nothing in this state is ever read again.
int Sandbox::OnFuel(lua_State* L) {
  Sandbox& sandbox = Of(L);
  if (sandbox.MayGoOn(L)) return 0;
  return sandbox.killed() ? 2 : 1;
}

bool Sandbox::MayGoOn(lua_State* L) noexcept {
  Settle();
  if (!killed() && !cancelled_) {
    // While an error unwinds there is no place any more; the last one stands.
    if (std::string at = Where(L); !at.empty()) seen_ = std::move(at);
    const Instant now = host_ != nullptr ? host_->Now() : Instant{};
    if (!turn_timed_) turn_began_ = now;
    turn_timed_ = true;
    const Duration ran = now - turn_began_;
    if (arena_.refused() > limits::kRefusedAllocationsMax) {
      OutOfMemory();
    } else if (turn_fuel_ >= limits_.fuel) {
      // The last charge may be for more than was left.
      turn_fuel_ = std::min(turn_fuel_, limits_.fuel + limits::kFuelSlice);
      Kill(CauseKind::kFuelLimit, seen_,
           "fuel: " + std::to_string(turn_fuel_) + " of " + std::to_string(limits_.fuel));
    } else if (ran >= limits_.running_time) {
      Kill(CauseKind::kTimeLimit, seen_,
           "running time: " + Text(Milliseconds(ran.ns / 1'000'000)) + " of " +
               Text(limits_.running_time));
    } else if (host_ != nullptr && host_->Cancelled()) {
      cancelled_ = true;
    }
  }
  // Spent fuel stays spent: with a negative counter the next call or loop is here again.
  const bool stop = killed() || cancelled_;
  Grant(stop ? -1 : std::min(limits::kFuelSlice, limits_.fuel - turn_fuel_));
  return !stop;
}

void* Sandbox::AllocateInNursery(void* self, void* block, std::size_t old_size,
                                 std::size_t new_size) {
  auto& sandbox = *static_cast<Sandbox*>(self);
  const std::size_t before = block == nullptr ? 0 : old_size;
  void* result = sandbox.nursery_->Resize(block, before, new_size);
  if (sandbox.running_ == nullptr || new_size == 0 || result == nullptr) return result;
  sandbox.Charge(block, new_size - std::min(before, new_size));
  return result;
}

void* Sandbox::Allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
  auto& sandbox = *static_cast<Sandbox*>(self);
  // Without a block, Lua passes the type of the new object for its size.
  const std::size_t before = block == nullptr ? 0 : old_size;
  void* result = sandbox.arena_.Resize(block, before, new_size);
  if (sandbox.running_ == nullptr || new_size == 0) return result;
  if (result == nullptr) {
    sandbox.Refused(block);
    return nullptr;
  }
  sandbox.Charge(block, new_size - std::min(before, new_size));
  return result;
}

// `block` is what grew, null if it is new. It may be gone.
void Sandbox::Charge(const void* block, std::size_t grown) {
  *counter_ -= static_cast<long long>(grown / 32) + (block == nullptr ? kBlockFuel : 0);
  if (grown >= kNotableGrowth && *counter_ > 0 && tidegate_is_stack(running_, block) != 0) {
    Settle();
    Grant(0);
  }
}

// Where the script is cannot be asked while Lua moves the very stack that tells it.
void Sandbox::Refused(const void* block) {
  Settle();
  turn_fuel_ += kRefusalFuel;
  Grant(0);  // the next call or loop, be it that of the error's handler, says where
  if (tidegate_is_stack(running_, block) == 0) seen_ = Where(running_);
}

void Sandbox::OutOfMemory() {
  Kill(CauseKind::kMemoryLimit, seen_,
       "memory: " + std::to_string(arena_.refused_bytes()) + " bytes more than " +
           std::to_string(arena_.footprint()) + " of " + std::to_string(arena_.cap()) +
           (arena_.refused_bytes() > arena_.block_max()
                ? ", one block is at most " + std::to_string(arena_.block_max())
                : ""));
}

void Sandbox::Kill(CauseKind kind, std::string where, std::string message) {
  if (killed()) return;
  killed_ = kind;
  kill_where_ = std::move(where);
  kill_message_ = std::move(message);
}

void Sandbox::Drop() {
  arena_.Drop();
  state_ = nullptr;
  counter_ = nullptr;
}

}  // namespace tidegate
