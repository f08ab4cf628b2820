// What the flight recorder costs: time and bytes of one operation with its answer, as the shipped
// policy does them.
#include <ctime>
#include <deque>

#include "host/core/trace_env.h"
#include "tests/bench/bench_lane.h"
#include "tests/bench/row.h"

namespace tidegate::bench {
namespace {

// A volume whose operations all succeed, once the caller delivers.
class Volume final : public Env {
 public:
  Instant Now() const override { return now; }
  void Submit(ResourceId, Ticket ticket, const Call& call) override {
    Reply reply = Success();
    if (std::holds_alternative<VolumeOpen>(call)) reply = Success(VolumeHandle{++handles});
    if (std::holds_alternative<VolumeIsMounted>(call)) reply = Success(true);
    if (std::holds_alternative<VolumeIsOffline>(call)) reply = Success(false);
    if (std::holds_alternative<VolumeProbe>(call)) reply = Success(std::int64_t{4096});
    if (std::holds_alternative<RecordGet>(call)) reply = Failure(ErrorCode::kNotFound);
    mail.push_back(Completed{ticket, std::move(reply)});
    ++calls;
  }
  void Arm(ResourceId, Ticket, Instant) override {}
  void Report(ResourceId, const Status&) override {}
  void Log(ResourceId, Level, std::string_view) override {}

  Instant now{Seconds(1000).ns};
  std::deque<Completed> mail;
  std::uint32_t handles = 0;
  long calls = 0;
};

// Polls of policies/volume, recorded or not.
class Polled {
 public:
  explicit Polled(bool recorded) : recorder_(volume_), sink_(*this) {
    LaneSpec spec = Spec();
    spec.properties["VolumePath"] = "/dev/disk/by-id/scsi-36001405a1b2c3d4e5f60718293a4b5c6";
    Env& env = recorded ? static_cast<Env&>(recorder_) : volume_;
    auto made = Lane::Create(env, spec, Compile(TextOf("policies/volume/volume.lua")));
    if (!made) throw std::runtime_error(made.error().detail);
    lane_ = std::move(*made);
    recorder_.Forward(sink_);
    lane_->Begin();
    Deliver();
    for (const EntryPoint entry : {EntryPoint::kOpen, EntryPoint::kOnline}) Ask(entry);
  }

  // Answers how many operations that were.
  long Ask(EntryPoint entry) {
    const long before = volume_.calls;
    volume_.now = volume_.now + Seconds(5);
    lane_->Request(entry);
    Deliver();
    return volume_.calls - before;
  }
  const trace::Ring& ring() const { return *recorder_.RingOf(ResourceId{0}); }

 private:
  struct ToLane final : EventSink {
    explicit ToLane(Polled& to) : polled(to) {}
    void Post(ResourceId, Event event) override { polled.lane_->Handle(std::move(event)); }
    Polled& polled;
  };
  void Deliver() {
    while (!volume_.mail.empty()) {
      const Completed completed = std::move(volume_.mail.front());
      volume_.mail.pop_front();
      volume_.now = volume_.now + Microseconds(137);
      lane_->Handle({volume_.now, completed});
    }
  }

  Volume volume_;
  TraceEnv recorder_;
  ToLane sink_;
  std::unique_ptr<Lane> lane_;
};

// Both in one run, in turns: what the recorder adds is the difference, per operation.
void Added(benchmark::State& state) {
  Polled with(true);
  Polled without(false);
  constexpr int kPolls = 20'000;
  const auto took = [](Polled& polled) {
    long calls = 0;
    const std::clock_t from = std::clock();
    for (int i = 0; i < kPolls; ++i) calls += polled.Ask(EntryPoint::kIsAlive);
    return static_cast<double>(std::clock() - from) * (1e9 / CLOCKS_PER_SEC) /
           static_cast<double>(calls);
  };
  for (auto _ : state) {
    const double plain = took(without);
    state.counters["ns"] = took(with) - plain;
  }
}

// Whole entry points, with what they were asked and answered, by the operations in them.
void Size(benchmark::State& state) {
  for (auto _ : state) {
    Polled polled(true);
    const std::size_t before = polled.ring().bytes();
    long calls = 0;
    for (int i = 0; i < 20; ++i) {
      calls += polled.Ask(EntryPoint::kIsAlive) + polled.Ask(EntryPoint::kLooksAlive);
    }
    state.counters["bytes"] =
        static_cast<double>(polled.ring().bytes() - before) / static_cast<double>(calls);
  }
}

const bool kRegistered[] = {
    Measure("recorder", &Added, nullptr,
            {{"flight recorder, an operation with its answer", "ns", "ns", {.most = 1000}}}),
    Measure("recorder size", &Size, nullptr,
            {{"flight recorder, an operation with its answer", "bytes", "bytes", {.most = 100}}}),
};

}  // namespace
}  // namespace tidegate::bench
