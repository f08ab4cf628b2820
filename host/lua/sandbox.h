// A Sandbox is one Lua state that cannot take more than it was given: memory, fuel, running time.
//
// Why a flag of our own: a script can catch any Lua error, so no status and no message proves that
// it was stopped. What exceeds a limit is killed: the fuel stays spent, every later call and loop
// raises again, and whoever ran the script asks killed(), whatever Lua answered. A killed state is
// never entered again and not closed either (closing runs the script's own code); its arena is
// dropped.
//
// Threading: one thread at a time.
#pragma once

#include <cstdint>
#include <string>

#include "host/core/cause.h"
#include "host/lua/arena.h"
#include "host/lua/image.h"
#include "host/lua/library.h"
#include "host/lua/limits.h"
#include "host/lua/policy_host.h"

namespace tidegate {

class Nursery;
struct Runtime;

class Sandbox {
 public:
  // Without a host there is no clock and no cancel; with a nursery, that is where memory is from.
  Sandbox(const SandboxLimits& limits, PolicyHost* host, Nursery* nursery = nullptr);
  // A copy. state() is null if the limits are too small for one; then a new sandbox may still load.
  Sandbox(const SandboxLimits& limits, PolicyHost* host, const Image& image);
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  // Kept where lua_getextraspace points.
  static Sandbox& Of(lua_State* L) { return *reinterpret_cast<Sandbox**>(L)[-1]; }
  lua_State* state() const { return state_; }  // null: killed, or too little memory to begin
  lua_State* copied_entry() const { return copied_entry_; }  // of a copy: Image::States::entry

  // Metered running of `L`, from Begin to End: nothing else may run Lua.
  void Begin(lua_State* L) {
    running_ = L;
    turn_fuel_ = 0;
    turn_timed_ = false;
    cancelled_ = false;
    if (!seen_.empty()) seen_.clear();
    Grant(first_slice_);
  }
  void End() {
    Settle();
    fuel_spent_ += turn_fuel_;
    running_ = nullptr;
    Grant(kUnmetered);
    if (arena_.refused() > limits::kRefusedAllocationsMax) [[unlikely]]
      OutOfMemory();
  }
  // Runs `function` on the main thread, metered and protected. Answers whether it ended without an
  // error; if not, error() says what it was.
  bool Call(CFunction function);
  const std::string& error() const { return error_; }

  // Lua answered that there is no memory, and nobody caught it.
  void OutOfMemory();
  // Gives the memory back at once. The state is gone.
  void Drop();

  bool stopped() const { return killed() || cancelled_; }
  bool killed() const { return killed_ != CauseKind::kNone; }
  CauseKind killed_by() const { return killed_; }
  const std::string& kill_message() const { return kill_message_; }
  const std::string& kill_where() const { return kill_where_; }
  bool cancelled() const { return cancelled_; }  // in the turn that just ended

  const SandboxLimits& limits() const { return limits_; }
  const Arena& arena() const { return arena_; }
  std::int64_t fuel_spent() const { return fuel_spent_; }

  Runtime* runtime = nullptr;  // who runs in this sandbox

 private:
  static constexpr std::int64_t kUnmetered = INT64_MAX;

  void Own(lua_State* L);
  static void* AllocateInNursery(void* self, void* block, std::size_t old_size,
                                 std::size_t new_size);
  void Charge(const void* block, std::size_t grown);
  static void* Allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);
  static int OnFuel(lua_State* L);
  bool MayGoOn(lua_State* L) noexcept;
  void Refused(const void* block);
  void Settle() {
    // What is charged after death was not there to be spent.
    if (*counter_ < granted_ && !killed()) turn_fuel_ += granted_ - *counter_;
    granted_ = *counter_;
  }
  void Grant(std::int64_t fuel) {
    granted_ = fuel;
    *counter_ = fuel;
  }
  void Kill(CauseKind kind, std::string where, std::string message);

  // What every turn needs comes first and together.
  lua_State* state_ = nullptr;
  lua_State* running_ = nullptr;
  long long* counter_ = nullptr;  // Lua's fuel
  std::int64_t granted_ = 0;
  std::int64_t turn_fuel_ = 0;
  std::int64_t fuel_spent_ = 0;
  std::int64_t first_slice_;
  bool turn_timed_ = false;
  bool cancelled_ = false;
  CauseKind killed_ = CauseKind::kNone;
  Arena arena_;
  SandboxLimits limits_;
  PolicyHost* host_;
  Nursery* nursery_ = nullptr;
  lua_State* copied_entry_ = nullptr;
  Instant turn_began_;
  std::string kill_message_;
  std::string kill_where_;
  std::string seen_;  // where the script was when last looked at
  std::string error_;
};

// "volume.lua:42": the innermost line of the policy itself that `L` is at, or else of a built-in
// script; empty when no script is running.
std::string Where(lua_State* L);

// Built-in scripts are chunks with this prefix.
inline constexpr std::string_view kBuiltIn = "tidegate/";

}  // namespace tidegate
