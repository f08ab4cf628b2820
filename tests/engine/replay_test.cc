// A policy against its own recording, another version against it, and what if.
#include "host/engine/replay.h"

#include <catch2/catch_test_macros.hpp>
#include <deque>

#include "host/core/trace_env.h"
#include "tests/core/wrapped.h"
#include "tests/engine/stage.h"

namespace tidegate {
namespace {

const std::string kPolicy = R"lua(
local volume, timer = require "volume", require "timer"
local policy = { api = 1, properties = { Path = { type = "string", default = "/dev/x" } } }
function policy.online(resource)
  local vol <close> = volume.open(resource.properties.Path)
  local began = timer.now()
  timer.sleep("250ms")
  resource.state.waited = timer.now() - began timer.sleep(timer.now() % 0.01)
  assert(vol:online())
end
function policy.offline(resource)
  local vol <close> = volume.open(resource.properties.Path)
  for attempt = 1, 3 do
    if vol:lock() then break end
    timer.sleep("1s")
  end
  assert(vol:dismount())
  assert(vol:offline())
end
function policy.is_alive(resource)
  local vol <close> = volume.open(resource.properties.Path)
  return vol:is_mounted()
end
function policy.terminate(resource, cause)
  local vol = volume.open(resource.properties.Path)
  vol:dismount{ force = true }
end
return policy
)lua";

std::string Edited(const std::string& from, const std::string& to) {
  std::string text = kPolicy;
  text.replace(text.find(from), from.size(), to);
  return text;
}

// A world that answers in order; its clock goes on while the policy thinks.
class World final : public Env, public EventSink {
 public:
  Instant Now() const override { return now = now + Microseconds(400); }
  void Submit(ResourceId, Ticket ticket, const Call& call) override {
    Reply reply = Success();
    if (std::holds_alternative<VolumeOpen>(call)) reply = Success(VolumeHandle{++handles});
    if (std::holds_alternative<VolumeIsMounted>(call)) reply = Success(true);
    if (std::holds_alternative<RecordGet>(call)) reply = Failure(ErrorCode::kNotFound);
    if (std::holds_alternative<VolumeLock>(call) && ++locks == 1) reply = Failure(ErrorCode::kBusy);
    mail.push_back(Completed{ticket, std::move(reply)});
  }
  void Arm(ResourceId, Ticket ticket, Instant due) override { timers.emplace(due, ticket); }
  void Report(ResourceId, const Status&) override {}
  void Log(ResourceId, Level, std::string_view) override {}
  void Post(ResourceId, Event) override {}

  mutable Instant now{Seconds(5000).ns};
  std::deque<Completed> mail;
  std::multimap<Instant, Ticket> timers;
  std::uint32_t handles = 0;
  int locks = 0;
};

// The life of a resource, recorded: online, two polls, offline.
Trace Recording(const std::string& policy = kPolicy) {
  World world;
  TraceEnv recorder(world);
  LaneSpec spec;
  spec.name = "vol1";
  spec.node = "A";
  spec.filters_health = false;
  auto lane = Lane::Create(recorder, spec, test::Compiled(policy, "p.lua"));
  struct ToLane final : EventSink {
    explicit ToLane(Lane& to) : lane(to) {}
    void Post(ResourceId, Event event) override { lane.Handle(std::move(event)); }
    Lane& lane;
  } sink(**lane);
  recorder.Forward(sink);
  const auto settle = [&](Duration time) {
    const Instant until = world.now + time;
    while (true) {
      if (!world.mail.empty()) {
        const Completed completed = world.mail.front();
        world.mail.pop_front();
        recorder.Post(ResourceId{0}, {world.Now(), completed});
      } else if (!world.timers.empty() && world.timers.begin()->first <= until) {
        const auto timer = *world.timers.begin();
        world.timers.erase(world.timers.begin());
        world.now = std::max(world.now, timer.first);
        recorder.Post(ResourceId{0}, {world.Now(), Due{timer.second}});
      } else {
        return;
      }
    }
  };
  (*lane)->Begin();
  for (const EntryPoint entry : {EntryPoint::kOpen, EntryPoint::kOnline, EntryPoint::kIsAlive,
                                 EntryPoint::kIsAlive, EntryPoint::kOffline}) {
    (*lane)->Request(entry);
    settle(Seconds(5));
  }
  return *recorder.Take(ResourceId{0});
}

ReplayReport Replayed(const Trace& trace, const std::string& policy,
                      const std::vector<std::string>& what_ifs = {}) {
  std::vector<WhatIf> read;
  for (const std::string& text : what_ifs) read.push_back(*ParseWhatIf(text));
  Result<ReplayReport> report = Replay(trace, test::Compiled(policy, "p.lua"), std::move(read));
  if (!report) throw std::runtime_error(report.error().detail);
  return std::move(*report);
}

// What is beyond the recording, a line each.
std::string Beyond(const ReplayReport& report) {
  std::string text = "\n";
  for (const ReplayLine& line : report.lines) {
    if (line.beyond) text += line.text + (line.where.empty() ? "" : " @" + line.where) + "\n";
  }
  return test::Wrapped(text);
}

TEST_CASE("The recorded version decides the same, from memory and from a file") {
  const Trace trace = Recording();
  const Result<ReadTrace> read = ParseTrace(Text(trace));
  REQUIRE(read);
  CHECK(read->warnings.empty());
  for (const Trace* t : {&trace, &read->trace}) {
    const ReplayReport report = Replayed(*t, kPolicy);
    CHECK_FALSE(report.fork);
    CHECK_FALSE(report.other_version);
    CHECK(report.notes.empty());
    CHECK(report.entry_points == 4);
    CHECK(report.decisions == 22);
  }
}

TEST_CASE("A replay that begins in the middle leaves out what had begun before") {
  Trace trace = Recording();
  const std::size_t middle = trace.records.size() / 2;
  trace.records.erase(trace.records.begin() + 1,
                      trace.records.begin() + static_cast<std::ptrdiff_t>(middle));
  trace.lost = middle - 1;
  const ReplayReport report = Replayed(trace, kPolicy);
  CHECK_FALSE(report.fork);
  CHECK(report.entry_points > 0);
  CHECK(report.entry_points < 4);
  REQUIRE_FALSE(report.notes.empty());
  CHECK(report.notes[0].find("records that are gone") != std::string::npos);
}

TEST_CASE("Another version forks where it decides otherwise") {
  const ReplayReport report =
      Replayed(Recording(), Edited("assert(vol:dismount())", "assert(vol:flush())"));
  CHECK(report.other_version);
  REQUIRE(report.fork);
  CHECK(report.fork->task == "offline");
  CHECK(report.fork->recorded == "volume.dismount volume=4 force=false");
  CHECK(report.fork->now == "volume.flush volume=4");
  CHECK(report.fork->where == "p.lua:17");
  CHECK(report.entry_points == 4);
}

TEST_CASE("A verdict can fork too, and a text alone is no fork") {
  const ReplayReport other =
      Replayed(Recording(), Edited("return vol:is_mounted()", "return not vol:is_mounted()"));
  REQUIRE(other.fork);
  CHECK(other.fork->task == "is_alive");
  CHECK(other.fork->recorded == "returns ok");
  CHECK_FALSE(Replayed(Recording(), Edited("local policy", "-- the same\nlocal policy")).fork);
}

TEST_CASE("What if: a reply, and what it leads to as far as anybody knows") {
  const Trace trace = Recording();
  CHECK(Beyond(Replayed(trace, kPolicy, {"volume.dismount#1 fails ACCESS_DENIED"})) == R"(
what if: volume.dismount#1 fails ACCESS_DENIED
ERROR_ACCESS_DENIED (what if)
entry volume.close volume=4
ok
entry returns failed: offline: volume.dismount failed: ERROR_ACCESS_DENIED (5), what if
    (p.lua:17) @p.lua:17
what the cluster does next is beyond the recording
)");
  CHECK(Beyond(Replayed(trace, kPolicy, {"A vol1 volume.lock#2 fails BUSY", "volume.lock#3 ok"})) ==
        R"(
what if: A vol1 volume.lock#2 fails BUSY
ERROR_BUSY (what if)
entry timer.sleep duration=1s @p.lua:15
ok
entry volume.lock volume=4 @p.lua:14
what if: volume.lock#3 ok
ok
entry volume.dismount volume=4 force=false @p.lua:17
beyond the recording: what it is answered is not known; say it with --deviate 'volume.dismount#1
    ok', or fails CODE, or hangs
)");
  CHECK(Beyond(Replayed(trace, kPolicy, {"volume.offline#1 hangs", "volume.open#5 ok 9"})) == R"(
what if: volume.offline#1 hangs
offline is cancelled at its deadline
terminate begins
terminate volume.open path=/dev/x @p.lua:25
what if: volume.open#5 ok 9
ok 9
terminate volume.dismount volume=9 force=true @p.lua:26
beyond the recording: what it is answered is not known; say it with --deviate 'volume.dismount#2
    ok', or fails CODE, or hangs
)");
  const ReplayReport none = Replayed(trace, kPolicy, {"volume.mount#1 fails BUSY"});
  CHECK(none.not_applied == std::vector<std::string>{"volume.mount#1 fails BUSY"});
}

std::string Refused(const std::string& what_if) {
  const Result<WhatIf> read = ParseWhatIf(what_if);
  return read ? "" : read.error().detail;
}

TEST_CASE("A deviation that a recording cannot have is refused with the reason") {
  CHECK(Refused("volume.is_mounted#1 ok false") == "");
  CHECK(Refused("volume.is_mounted#1 ok").find("answers something else") != std::string::npos);
  CHECK(Refused("volume.lok#1 hangs").find("did you mean volume.lock?") != std::string::npos);
  CHECK(Refused("volume.lock hangs").find("expected OPERATION#N") != std::string::npos);
  CHECK(Refused("volume.lock#1 explodes").find("it can be: ok VALUE") != std::string::npos);
  CHECK(Refused("volume.lock#1 reboots").find("a recording has none") != std::string::npos);
}

TEST_CASE(
    "A policy that the recorded properties do not fit says so; one without a policy is refused") {
  const Trace trace = Recording();
  const ReplayReport report = Replayed(trace, Edited("Path = {", "Other = {"));
  REQUIRE_FALSE(report.notes.empty());
  CHECK(report.notes[0] == "this version has no property Path, which was recorded");
  CHECK_FALSE(Replay(
      trace, test::Compiled(Edited("type = \"string\"", "type = \"integer\", min = 1"), "p.lua")));
  CHECK_FALSE(Replay(Trace(), test::Compiled(kPolicy, "p.lua")));
}

// A linear congruence is chance enough, and the same everywhere.
TEST_CASE("No recording makes a replay do worse than refuse") {
  const std::string good = Text(Recording());
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < good.size();) {
    const std::size_t end = good.find('\n', at) + 1;
    lines.push_back(good.substr(at, end - at));
    at = end;
  }
  const auto policy = test::Compiled(kPolicy, "p.lua");
  std::uint64_t seed = 7;
  const auto below = [&](std::size_t n) {
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<std::size_t>(seed >> 33) % n;
  };
  int replayed = 0;
  for (int run = 0; run < 1'000; ++run) {
    std::vector<std::string> mixed = lines;
    for (std::size_t edits = 1 + below(6); edits > 0; --edits) {
      const std::size_t from = 2 + below(mixed.size() - 2);
      const std::size_t to = 2 + below(mixed.size() - 2);
      if (below(3) == 0) {
        mixed.erase(mixed.begin() + static_cast<std::ptrdiff_t>(from));
      } else if (below(2) == 0) {
        std::swap(mixed[from], mixed[to]);
      } else {
        mixed.insert(mixed.begin() + static_cast<std::ptrdiff_t>(to), mixed[from]);
      }
    }
    std::string text;
    for (const std::string& line : mixed) text += line;
    const Result<ReadTrace> read = ParseTrace(text);
    REQUIRE(read);
    replayed += Replay(read->trace, policy, {*ParseWhatIf("volume.lock#1 hangs")}).ok() ? 1 : 0;
  }
  CHECK(replayed > 500);
}

}  // namespace
}  // namespace tidegate
