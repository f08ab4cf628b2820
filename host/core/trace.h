// A Trace is a recording of one resource: what it was asked and told, what its policy asked the
// world and was answered, what was reported; with times, in order, as text that a person reads,
// compares and replays.
//
//     tidegate trace 1
//     head resource="vol1" node="A" tool="0.1.0" clock=8812.123456 reason="vol1 failed"
//         0.000000  policy    "volume.lua" digest=1593f28f... text="VolumePath=/dev/sdb1"
//         0.000112  run       entry online deadline=8992.123456
//         0.000301  call      entry volume.open path="/dev/sdb1"
//         0.001522  reply     entry ok handle handle=1
//     end records=4 digest=0123456789abcdef
//
// Why its own text form and not that of logs: it must come back as what it was, from any bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "host/core/recorder.h"
#include "host/core/result.h"

namespace tidegate {

struct StateIs {
  std::string json;  // resource.state
  bool operator==(const StateIs&) const = default;
};
struct Wanted {
  bool online = false;
  Cause cause;
};
struct ToldTime {
  Task task = Task::kEntry;
  int nth = 0;
  Instant now;
};

// What a record can be. Yielded is a call of the policy, Resume its reply; Submit is a call that
// the host makes by itself, Completed a reply that came too late.
using Recorded = std::variant<Hosting, StateIs, Wanted, Requested, Terminated, PolicyReady, Run,
                              Yielded, Resume, Returned, WatchStarted, Progressed, Cancel, Submit,
                              Completed, Report, Answer, Swap, Note, ToldTime>;
inline constexpr std::size_t kRecordKinds = std::variant_size_v<Recorded>;

struct Record {
  Instant at;
  Recorded what;
  bool cut = false;  // a text of it was longer than limits::kRecorderTextBytes
};

struct Trace {
  std::string resource;
  std::string node;
  std::string tool;        // the version of Tidegate that recorded it
  std::string taken;       // when, as a person reads it
  std::string reason;      // why it was taken
  std::string file;        // where the policy was
  Instant clock;           // the monotonic clock at time 0
  std::uint64_t lost = 0;  // records before the first one that are gone
  std::vector<Record> records;
};

inline constexpr int kTraceFormat = 1;
inline constexpr std::string_view kTraceMark = "tidegate trace ";

// A record without its time: "call entry volume.open path=\"/dev/sdb1\"".
std::string Text(const Record& record);
std::string Text(const Trace& trace);
// Of what was decided and answered, not of when.
std::uint64_t DigestOf(const Trace& trace);

// What a text trace turned out to be.
struct ReadTrace {
  Trace trace;
  std::vector<std::string> warnings;  // truncated, edited, of another version: "FILE:LINE: ..."
};

// Tells a trace from a plan by its first line.
bool IsTrace(std::string_view text);
// Of another format, what can be understood is read. The error names file and line.
Result<ReadTrace> ParseTrace(std::string_view text, std::string_view file = "trace");

}  // namespace tidegate
