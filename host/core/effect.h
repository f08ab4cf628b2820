// Effect is everything that a resource, or its monitor, can answer to an event.
#pragma once

#include <string>
#include <variant>

#include "host/core/event.h"
#include "host/core/short_list.h"
#include "host/core/state.h"

namespace tidegate {

enum class Level : std::uint8_t { kDebug, kInformation, kWarning, kError };

// What is told to the cluster: RESOURCE_STATUS.
struct Status {
  ResourceState state = ResourceState::kInitializing;
  std::uint32_t checkpoint = 0;  // rises with every report while pending
  Duration wait_hint;            // when the next report can be expected at the latest
  Instant since;                 // when this state was entered
  Cause cause;                   // why, when the state is a failure or was forced
  SharedText progress;           // what a pending policy says it is doing
};

// What terminate is told besides is Resource::terminating().
struct Run {
  Task task;
  EntryPoint entry;
  Arguments arguments;
  Instant deadline;
};
struct Resume {
  Task task;
  Reply reply;
};
struct Cancel {
  Task task;
};  // never resumed again; its handles die
struct Submit {
  Ticket ticket;
  Call call;
};
struct Arm {
  Ticket ticket;
  Instant due;
};
struct Report {
  Status status;
};
struct Answer {
  EntryPoint entry;
  Verdict verdict;
};               // a request is done
struct Swap {};  // no task is running: switch versions now
struct Note {
  Level level;
  std::string text;
};

// Only the monitor's:
struct Ask {
  EntryPoint entry;
  bool if_online = false;
};
struct Terminate {
  Cause cause;
};

using Effect =
    std::variant<Run, Resume, Cancel, Submit, Arm, Report, Answer, Swap, Note, Ask, Terminate>;
using Effects = ShortList<Effect, 6>;

}  // namespace tidegate
