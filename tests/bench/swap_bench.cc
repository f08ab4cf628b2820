// What a hot swap costs: ten thousand resources that are polled all the time, each swapped and
// swapped back ten times, some of them while a poll is in flight; and all of them rolled back.
//
// Time is the thread's own: on a machine that others use too, a clock on the wall measures them.
// Every tick is counted: a poll that is lost, or asked twice for another reason than that probation
// begins with one, ends the benchmark with an error.
#include <algorithm>
#include <ctime>
#include <queue>

#include "tests/bench/bench_lane.h"
#include "tests/bench/row.h"

namespace tidegate::bench {
namespace {

constexpr std::uint32_t kResources = 10'000;
constexpr int kRounds = 10;
constexpr Duration kPoll = Seconds(5);
constexpr Duration kTakes = Milliseconds(500);  // an operation: a tenth of all polls is in flight

// One operation a poll, and a state that each version converts.
constexpr const char* kVersion = R"lua(
local cluster = require "cluster"
local policy = { api = 1, version = "VERSION" }
function policy.online(resource) resource.state.onlines = 1 end
function policy.offline(resource) end
function policy.is_alive(resource) cluster.quorum() return true end
function policy.migrate(resource, from, state)
  return { onlines = state.onlines, from = from, list = { 1, 2, 3 } }
end
return policy
)lua";

double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

std::shared_ptr<const CompiledPolicy> Version(char version) {
  std::string text = kVersion;
  text.replace(text.find("VERSION"), 7, 1, version);
  return Compile(text);
}

// All lanes in one virtual time, on this thread.
class Fleet final : public Env {
 public:
  Fleet()
      : first_(Version('1')),
        second_(Version('2')),
        lanes_(kResources),
        ticks_(kResources),
        last_(kResources) {
    for (std::uint32_t i = 0; i < kResources; ++i) {
      LaneSpec spec = Spec();
      spec.id = {i};
      spec.monitor = MonitorSettings{.looks_alive_poll_interval = Minutes(60 * 24 * 300),
                                     .is_alive_poll_interval = kPoll};
      auto lane = Lane::Create(*this, std::move(spec), first_);
      if (!lane) throw std::runtime_error(lane.error().detail);
      lanes_[i] = std::move(*lane);
    }
    // Spread over the interval, as a host's polls come to be.
    for (std::uint32_t i = 0; i < kResources; ++i) {
      RunUntil(Instant{kPoll.ns * i / kResources});
      lanes_[i]->Begin();
      lanes_[i]->Want(true, {.kind = CauseKind::kOperator, .message = "asked"});
    }
  }

  Instant Now() const override { return now_; }
  void Submit(ResourceId id, Ticket ticket, const Call& call) override {
    Instant at = now_;
    Reply reply = Success();
    if (std::holds_alternative<RecordGet>(call)) reply = Failure(ErrorCode::kNotFound);
    if (std::holds_alternative<ClusterQuorum>(call)) {
      ++ticks_[id.index];
      Instant& last = last_[id.index];
      if (last.ns != 0) longest_ = std::max(longest_, now_ - last);
      last = now_;
      reply = Success(true);
      at = now_ + kTakes;
    }
    queue_.push({at, ++order_, id.index, ticket, std::move(reply), false});
  }
  void Arm(ResourceId id, Ticket ticket, Instant due) override {
    queue_.push({due, ++order_, id.index, ticket, {}, true});
  }
  void Report(ResourceId, const Status&) override {}
  void Log(ResourceId, Level, std::string_view) override {}

  void RunUntil(Instant until) {
    while (!queue_.empty() && queue_.top().at <= until) {
      Mail mail = queue_.top();
      queue_.pop();
      now_ = mail.at;
      Event event{now_, Completed{mail.ticket, std::move(mail.reply)}};
      if (mail.due) event.what = Due{mail.ticket};
      lanes_[mail.lane]->Handle(std::move(event));
    }
    now_ = until;
  }

  // Offers to all; what a lane cannot do anything else for is its pause.
  double SwapAll(bool forth, int healthy, std::vector<double>& pauses) {
    const double began = CpuSeconds();
    double last = began;
    for (const auto& lane : lanes_) {
      if (!lane->Offer(forth ? second_ : first_, {.within = {}, .healthy = healthy})) {
        throw std::runtime_error("a version was refused");
      }
      const double now = CpuSeconds();
      pauses.push_back((now - last) * 1e6);
      last = now;
    }
    return last - began;
  }
  double RollBackAll() {
    const double began = CpuSeconds();
    for (const auto& lane : lanes_) {
      if (!lane->GoBack("measured")) throw std::runtime_error("nothing to roll back");
    }
    return (CpuSeconds() - began) * 1e3;
  }

  void MustRun(bool second) const {
    const std::string& digest = (second ? second_ : first_)->digest();
    for (const auto& lane : lanes_) {
      if (lane->program()->digest() != digest) throw std::runtime_error("not swapped");
    }
  }
  // Lane n came online at n/10,000 of the interval, and is polled at each interval from then on;
  // each swap asks once more, unless a poll comes that this answers, too.
  long CheckTicks(long swaps) const {
    long all = 0;
    for (std::uint32_t i = 0; i < kResources; ++i) {
      const Instant online{kPoll.ns * i / kResources};
      const long polls = (now_ - online).ns / kPoll.ns;
      if (ticks_[i] < polls || ticks_[i] > polls + swaps) {
        throw std::runtime_error("resource " + std::to_string(i) + " was polled " +
                                 std::to_string(ticks_[i]) + " times, not " +
                                 std::to_string(polls) + " and up to " + std::to_string(swaps));
      }
      all += ticks_[i];
    }
    if (longest_ > kPoll + kTakes) {
      throw std::runtime_error("for " + Text(longest_) + " a resource was not polled");
    }
    return all;
  }
  Instant now() const { return now_; }

 private:
  struct Mail {
    Instant at;
    std::uint64_t order;
    std::uint32_t lane;
    Ticket ticket;
    Reply reply;
    bool due;
    bool operator<(const Mail& other) const {
      return at != other.at ? other.at < at : other.order < order;
    }
  };

  std::shared_ptr<const CompiledPolicy> first_;
  std::shared_ptr<const CompiledPolicy> second_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<long> ticks_;
  std::vector<Instant> last_;
  Duration longest_;
  std::priority_queue<Mail> queue_;
  Instant now_;
  std::uint64_t order_ = 0;
};

void Swaps(benchmark::State& state) {
  for (auto _ : state) {
    Fleet fleet;
    std::vector<double> pauses;
    std::vector<double> all;
    fleet.RunUntil(Instant{Seconds(12).ns});
    for (int round = 0; round < kRounds; ++round) {
      for (const bool forth : {true, false}) {
        all.push_back(fleet.SwapAll(forth, 1, pauses));
        fleet.RunUntil(fleet.now() + Seconds(7) + Milliseconds(300));  // proved by a poll
        fleet.MustRun(forth);
      }
    }
    // With every other poll in flight it waits for that, as an operator would see it.
    (void)fleet.SwapAll(true, 1'000, pauses);
    fleet.RunUntil(fleet.now() + Seconds(7));
    fleet.MustRun(true);
    const double back = fleet.RollBackAll();
    fleet.RunUntil(fleet.now() + Seconds(7));
    fleet.MustRun(false);
    std::ranges::sort(pauses);
    state.counters["ticks"] = static_cast<double>(fleet.CheckTicks(2 * kRounds + 1));
    state.counters["pause"] = pauses[pauses.size() * 99 / 100];
    state.counters["all"] = *std::ranges::max_element(all);
    state.counters["back"] = back;
  }
}

const bool kRegistered =
    Measure("swap", &Swaps, nullptr,
            {{"swap: pause of a resource, 99 % take at most", "us", "pause", {.most = 100}},
             {"swap: 10,000 resources, the slowest of 20 times", "s", "all", {.most = 1}},
             {"swap: 10,000 resources rolled back", "ms", "back", {.most = 100}},
             {"swap: polls meanwhile, none lost, none doubled", "", "ticks", {}}});

}  // namespace
}  // namespace tidegate::bench
