// Event is everything that the world can tell a resource, with the instant at which it was told.
//
// The policy is part of that world: the engine runs it and tells the resource what it did with its
// turn (Yielded, Progressed, Returned), so that Resource stays a pure function of its events.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>

#include "host/core/call.h"
#include "host/core/cause.h"
#include "host/core/entry_point.h"
#include "host/core/limits.h"
#include "host/core/shared_text.h"
#include "host/core/time.h"

namespace tidegate {

// Numbers a resource within one Engine.
struct ResourceId {
  std::uint32_t index = 0;
  auto operator<=>(const ResourceId&) const = default;
};

// Names one outstanding Submit or Arm. A resource never uses a number twice, so an answer that
// comes too late names nothing and is dropped.
struct Ticket {
  std::uint64_t number = 0;
  auto operator<=>(const Ticket&) const = default;
  explicit operator bool() const { return number != 0; }
};

// A task of a policy: the running entry point, terminate beside it, and the watches that it
// started.
enum class Task : std::uint8_t { kEntry = 0, kTerminate = 1, kWatch = 2 };  // kWatch + n: nth watch
inline constexpr int kTasks = 2 + limits::kWatches;
constexpr Task Watch(int n) { return static_cast<Task>(static_cast<int>(Task::kWatch) + n); }
constexpr bool IsWatch(Task t) { return t >= Task::kWatch; }

// OnlineV2's and OfflineV2's flags by bit, and the caller's bytes.
struct Arguments {
  std::uint32_t flags = 0;
  SharedText input{};
};

// How an entry point ended.
struct Verdict {
  bool ok = true;
  Cause cause;          // set when not ok
  SharedText output{};  // what `control` answered, bytes of the policy's
};

struct Requested {
  EntryPoint entry;
  Arguments arguments;
  bool if_online = false;  // dropped if it is not any more when its turn comes
};
struct Due {
  Ticket ticket;
};
struct Completed {
  Ticket ticket;
  Reply reply;
};
struct Terminated {
  Cause cause;
};
struct Yielded {
  Task task;
  Call call;
};
struct Progressed {
  std::string text;
};
struct WatchStarted {
  Task task;
};
struct Returned {
  Task task;
  Verdict verdict;
};
struct PolicyReady {};  // another version of the policy waits to take over

struct Event {
  Event() = default;
  template <class What>
  Event(Instant then, What&& happened) : at(then), what(std::forward<What>(happened)) {}

  Instant at;
  std::variant<Requested, Due, Completed, Terminated, Yielded, Progressed, WatchStarted, Returned,
               PolicyReady>
      what;
};

}  // namespace tidegate
