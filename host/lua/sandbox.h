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

#include <string>

#include "host/core/cause.h"
#include "host/lua/arena.h"
#include "host/lua/library.h"
#include "host/lua/limits.h"
#include "host/lua/policy_host.h"

namespace tidegate {

struct Runtime;

class Sandbox {
 public:
  Sandbox(const SandboxLimits& limits, PolicyHost* host);  // without a host: no clock, no cancel
  ~Sandbox();
  Sandbox(const Sandbox&) = delete;
  Sandbox& operator=(const Sandbox&) = delete;

  static Sandbox& Of(lua_State* L);
  lua_State* state() const { return state_; }  // null: killed, or too little memory to begin

  // Metered running of `L`, from Begin to End: nothing else may run Lua.
  void Begin(lua_State* L);
  void End();
  // Runs `function` on the main thread, metered and protected. Answers whether it ended without an
  // error; if not, error() says what it was.
  bool Call(CFunction function);
  const std::string& error() const { return error_; }

  // Lua answered that there is no memory, and nobody caught it.
  void OutOfMemory();
  // Gives the memory back at once. The state is gone.
  void Drop();

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
  static void* Allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);
  static int OnFuel(lua_State* L);
  bool MayGoOn(lua_State* L) noexcept;
  void Refused(bool new_block);
  void Settle();
  void Grant(std::int64_t fuel);
  void Kill(CauseKind kind, std::string where, std::string message);

  SandboxLimits limits_;
  PolicyHost* host_;
  Arena arena_;
  lua_State* state_ = nullptr;
  lua_State* running_ = nullptr;
  long long* counter_ = nullptr;  // Lua's fuel
  std::int64_t granted_ = 0;
  std::int64_t turn_fuel_ = 0;
  std::int64_t fuel_spent_ = 0;
  Instant turn_began_;
  bool turn_timed_ = false;
  bool cancelled_ = false;
  CauseKind killed_ = CauseKind::kNone;
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
