// The flight recorder: what is written down, what is left when the ring is full, what comes back.
#include "host/core/trace.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "host/core/trace_env.h"
#include "host/core/trace_words.h"
#include "tests/core/wrapped.h"

namespace tidegate {
namespace {

class NoWorld final : public Env {
 public:
  Instant Now() const override { return now; }
  void Submit(ResourceId, Ticket, const Call&) override {}
  void Arm(ResourceId, Ticket, Instant) override {}
  void Report(ResourceId, const Status&) override {}
  void Log(ResourceId, Level, std::string_view) override {}
  Instant now{};
};

class Nobody final : public EventSink {
 public:
  void Post(ResourceId, Event) override {}
};

constexpr ResourceId kId{3};

Hosting Vol1() {
  Hosting hosting;
  hosting.resource = "vol1";
  hosting.node = "A";
  hosting.policy = "volume.lua";
  hosting.digest = "1593f28f";
  hosting.properties = {{"Fast", true}, {"Retries", std::int64_t{5}}, {"VolumePath", "/dev/x y"}};
  hosting.granted.Add(Capability::kVolume);
  return hosting;
}

struct Stage {
  Stage() {
    env.Forward(nobody);
    world.now = Instant{Seconds(100).ns};
    env.Hosts(kId, world.now, Vol1());
  }
  void Step(const Event& event, const Effects& effects) { env.Stepped(kId, event, effects); }
  Instant After(Duration d) { return world.now = world.now + d; }
  Trace Take() { return *env.Take(kId); }
  // The records, a line each.
  std::string Lines() {
    std::string text = "\n";
    const Trace trace = Take();
    for (const Record& r : trace.records) {
      text += trace::Clock(r.at - trace.clock) + " " + Text(r) + "\n";
    }
    return test::Wrapped(text);
  }

  NoWorld world;
  Nobody nobody;
  TraceEnv env{world};
};

void OneOperation(Stage& stage, const std::string& path) {
  stage.Step({stage.After(Milliseconds(2)), Yielded{Task::kEntry, VolumeOpen{path}}},
             {Submit{Ticket{2}, VolumeOpen{path}}});
  stage.Step({stage.After(Microseconds(1500)), Completed{Ticket{2}, Success(VolumeHandle{1})}},
             {Resume{Task::kEntry, Success(VolumeHandle{1})}});
}

TEST_CASE("A recording has what was asked, decided, answered and reported") {
  Stage stage;
  stage.env.KeepsState(kId, stage.world.now, "{\"n\":1}");
  stage.env.Wants(kId, stage.world.now, true, {.kind = CauseKind::kOperator, .message = "asked"});
  Status pending;
  pending.state = ResourceState::kOnlinePending;
  stage.Step({stage.world.now, Requested{EntryPoint::kOnline, {}}},
             {Report{pending}, Arm{Ticket{1}, stage.world.now},
              Run{Task::kEntry, EntryPoint::kOnline, {}, stage.world.now + Seconds(180)}});
  stage.env.Log(kId, Level::kWarning, "two\nlines");
  OneOperation(stage, "/dev/x");
  stage.env.ToldTime(kId, Task::kEntry, 1, stage.After(Milliseconds(1)));
  stage.Step({stage.world.now, Yielded{Task::kEntry, TimerSleep{Milliseconds(250)}}},
             {Arm{Ticket{3}, stage.world.now}});
  stage.Step({stage.After(Milliseconds(250)), Due{Ticket{3}}}, {Resume{Task::kEntry, Success()}});
  const Cause cause{.kind = CauseKind::kOperation,
                    .entry = EntryPoint::kOnline,
                    .attempt = 1,
                    .code = ErrorCode::kBusy,
                    .op = "volume.lock",
                    .where = "volume.lua:61",
                    .message = "no"};
  stage.Step({stage.world.now, Returned{Task::kEntry, {false, cause}}},
             {Submit{Ticket{4}, VolumeClose{VolumeHandle{1}}},
              Answer{EntryPoint::kOnline, {false, cause}}});
  stage.Step({stage.world.now, Completed{Ticket{4}, Failure(ErrorCode::kInvalidHandle, "gone")}},
             {});
  stage.env.KeepsState(kId, stage.world.now, "{}");
  CHECK(stage.Lines() == R"(
0.000000 policy    policy="volume.lua" digest="1593f28f" granted=volume flag="Fast=true"
    number="Retries=5" text="VolumePath=/dev/x y"
0.000000 state     json="{\"n\":1}"
0.000000 wants     online=true cause=operator in=online message="asked"
0.000000 asked     online
0.000000 report    OnlinePending
0.000000 run       entry online deadline=280.000000
0.000000 log       warning text="two\nlines"
0.002000 call      entry volume.open path="/dev/x"
0.003500 reply     entry ok handle is=1
0.004500 time      entry nth=1 now=100.004500
0.004500 call      entry timer.sleep duration=250ms
0.254500 reply     entry ok
0.254500 return    entry failed cause=operation in=online attempt=1 code=BUSY op="volume.lock"
    where="volume.lua:61" message="no"
0.254500 host      volume.close volume=1
0.254500 answer    online failed cause=operation in=online attempt=1 code=BUSY op="volume.lock"
    where="volume.lua:61" message="no"
0.254500 late      INVALID_HANDLE detail="gone"
0.254500 state     json="{}"
)");
}

TEST_CASE("What is read back is what was written") {
  Stage stage;
  const std::string odd = "\"\\\n\x01\x7f\xff \xe2\x80\xae=";
  const Value values[] = {true,
                          std::numeric_limits<std::int64_t>::min(),
                          odd,
                          VolumeHandle{4'000'000'000},
                          Extents{{1, 2, 3}, {-1, 0, 5}},
                          VolumeAttributes{"loop", odd, "ext4", "/mnt", 1 << 20, 4096, true},
                          Strings{"A", odd, ""},
                          Numbers{1, -2},
                          Reservation{-5, "exclusive"},
                          std::monostate{}};
  for (const Value& value : values) {
    stage.Step({stage.After(Nanoseconds(1000)), Completed{Ticket{1}, Success(value)}},
               {Resume{Watch(2), Success(value)}});
  }
  const Call calls[] = {
      VolumeProbe{VolumeHandle{1}, {0, 8, 16}, odd}, VolumeProbe{VolumeHandle{1}, {}, ""},
      VolumeMount{VolumeHandle{2}, odd, true}, ClusterNodes{}, StoreSet{"k", odd}};
  for (const Call& call : calls) {
    stage.Step({stage.After(Nanoseconds(1000)), Yielded{Task::kTerminate, call}}, {});
  }
  stage.Step({stage.world.now, Requested{EntryPoint::kControl, {7, odd}}}, {});
  stage.Step({stage.world.now, Progressed{odd}}, {});
  stage.Step({stage.world.now, Terminated{{.kind = CauseKind::kNoProgress,
                                           .entry = EntryPoint::kOffline,
                                           .code = static_cast<ErrorCode>(123456)}}},
             {});
  const Trace taken = stage.Take();
  const std::string text = Text(taken);
  const Result<ReadTrace> read = ParseTrace(text, "x.trace");
  REQUIRE(read);
  CHECK(read->warnings.empty());
  CHECK(Text(read->trace) == text);
  CHECK(DigestOf(read->trace) == DigestOf(taken));
  std::size_t i = 1;
  for (const Value& value : values) {
    CHECK(std::get<Resume>(read->trace.records[i++].what).reply == Success(value));
  }
  for (const Call& call : calls) {
    CHECK(std::get<Yielded>(read->trace.records[i++].what).call == call);
  }
}

TEST_CASE("A full ring forgets the oldest, and keeps what a replay begins with") {
  Stage stage;
  stage.env.KeepsState(kId, stage.world.now, "{\"early\":true}");
  for (int i = 0; i < 20'000; ++i) OneOperation(stage, "/dev/disk/by-id/scsi-0123456789");
  const Trace trace = stage.Take();
  CHECK(trace.lost > 30'000);
  CHECK(trace.records.size() > 2'000);  // 64 KiB at less than 100 bytes a call
  CHECK(std::get<Hosting>(trace.records[0].what) == Vol1());
  CHECK(std::get<StateIs>(trace.records[1].what).json == "{\"early\":true}");
  CHECK(trace.records.back().at == stage.world.now);
  CHECK(std::ranges::is_sorted(trace.records, {}, &Record::at));
}

TEST_CASE("Rings share a budget: many resources have short ones") {
  NoWorld world;
  TraceEnv env(world);
  constexpr std::uint32_t kMany = 15'000;
  for (std::uint32_t i = 0; i < kMany; ++i) {
    env.Hosts(ResourceId{i}, world.now, Vol1());
    for (int n = 0; n < 40; ++n) {
      env.Stepped(ResourceId{i},
                  {world.now, Yielded{Task::kEntry, VolumeOpen{std::string(100, 'x')}}}, {});
    }
  }
  CHECK(env.Take(ResourceId{0})->lost == 0);
  CHECK(env.Take(ResourceId{kMany - 1})->lost > 0);
  CHECK(env.Take(ResourceId{kMany - 1})->records.size() > 15);
}

TEST_CASE("A text longer than a record keeps is cut, and said to be") {
  Stage stage;
  OneOperation(stage, std::string(5000, 'p'));
  const Trace trace = stage.Take();
  CHECK(trace.records[1].cut);
  CHECK(std::get<Yielded>(trace.records[1].what).call == Call(VolumeOpen{std::string(1024, 'p')}));
  CHECK(Text(trace.records[1]).starts_with("call      cut entry volume.open path="));
  const Result<ReadTrace> read = ParseTrace(Text(trace));
  REQUIRE(read);
  CHECK(read->trace.records[1].cut);
}

TEST_CASE("A failure is told once, when it has been recorded") {
  Stage stage;
  int told = 0;
  stage.env.ListenFailed([&](ResourceId, const Status&) { ++told; });
  Status failed;
  failed.state = ResourceState::kFailed;
  stage.env.Report(kId, failed);
  stage.env.Report(kId, failed);
  CHECK(told == 1);
}

// --- Files ---

const std::string kGood = R"(tidegate trace 1
head resource="vol1" node="A" tool="0.1.0" clock=100.000000
      0.000000  policy    policy="p.lua" digest="d" granted=volume
      0.000100  run       entry online deadline=280.000000
      0.000200  call      entry volume.open path="/dev/x"
      0.001500  reply     entry ok handle is=1
)";

std::string Problem(const std::string& text) {
  const Result<ReadTrace> read = ParseTrace(text, "x.trace");
  return read ? "" : read.error().detail;
}

TEST_CASE("A truncated trace is said to be, and read as far as it goes") {
  for (const std::string& tail :
       {std::string(), std::string("      0.0016"), std::string("      0.001600  call      ent")}) {
    const Result<ReadTrace> read = ParseTrace(kGood + tail, "x.trace");
    REQUIRE(read);
    CHECK(read->trace.records.size() == 4);
    REQUIRE(read->warnings.size() == 1);
    CHECK(read->warnings[0].find("truncated") != std::string::npos);
  }
}

TEST_CASE("A trace of another format is said to be, and what is understood is read") {
  std::string text = kGood + "      0.001600  teleport  entry\nend records=5 digest=0\n";
  text[std::string("tidegate trace ").size()] = '2';
  const Result<ReadTrace> read = ParseTrace(text, "x.trace");
  REQUIRE(read);
  CHECK(read->trace.records.size() == 4);
  REQUIRE(read->warnings.size() == 2);
  CHECK(read->warnings[0] ==
        "x.trace:1: a trace of format 2, this program's is 1: what it understands is read");
}

TEST_CASE("An edited trace is said to be") {
  Stage stage;
  OneOperation(stage, "/dev/x");
  std::string text = Text(stage.Take());
  text.replace(text.find("/dev/x\""), 6, "/dev/y");
  const Result<ReadTrace> read = ParseTrace(text);
  REQUIRE(read);
  REQUIRE(read->warnings.size() == 1);
  CHECK(read->warnings[0].find("was edited") != std::string::npos);
}

TEST_CASE("What is wrong with a trace is said with its line") {
  CHECK(Problem("A vol1 volume.lock#1 hangs\n").starts_with("x.trace:1: not a trace"));
  CHECK(Problem("tidegate trace one\n").starts_with("x.trace:1: expected the number"));
  CHECK(Problem(kGood + "later  call  entry\n").starts_with("x.trace:7: expected a time"));
  CHECK(Problem(kGood + "0.000001  cal  entry\n") ==
        "x.trace:7: no kind of record cal, did you mean call?");
  CHECK(Problem(kGood + "0.000001  call  entry volume.lok\n") ==
        "x.trace:7: no operation volume.lok, did you mean volume.lock?");
  CHECK(Problem(kGood + "0.000001  reply  nobody ok\n") ==
        "x.trace:7: \"nobody\" is not expected here");
  CHECK(Problem(kGood + "0.000001  call  entry volume.lock volume=one\n") ==
        "x.trace:7: volume cannot be one");
  CHECK(Problem(kGood + "0.000001  cancel  entry now=1\n") == "x.trace:7: unknown field now");
}

// A linear congruence is chance enough, and the same everywhere.
TEST_CASE("No text makes the parser do worse than refuse") {
  Stage stage;
  for (int i = 0; i < 5; ++i) OneOperation(stage, "/dev/x");
  stage.Step({stage.world.now, Completed{Ticket{1}, Success(Extents{{1, 2, 3}})}},
             {Resume{Task::kEntry, Success(Extents{{1, 2, 3}})}});
  const std::string good = Text(stage.Take());
  std::uint64_t seed = 42;
  const auto below = [&](std::size_t n) {
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<std::size_t>(seed >> 33) % n;
  };
  int refused = 0;
  int read = 0;
  for (int run = 0; run < 20'000; ++run) {
    std::string text = good;
    for (std::size_t edits = 1 + below(4); edits > 0 && !text.empty(); --edits) {
      const std::size_t at = below(text.size());
      switch (below(5)) {
        case 0:
          text[at] = static_cast<char>(below(256));
          break;
        case 1:
          text.erase(at, 1 + below(40));
          break;
        case 2:
          text.insert(at, text.substr(below(text.size()), below(60)));
          break;
        case 3:
          text.resize(at);
          break;
        default:
          text.insert(at, "18446744073709551616");
      }
    }
    const Result<ReadTrace> outcome = ParseTrace(text);
    outcome ? ++read : ++refused;
    if (outcome) (void)Text(outcome->trace);
  }
  CHECK(refused > 1000);
  CHECK(read > 1000);
}

}  // namespace
}  // namespace tidegate
