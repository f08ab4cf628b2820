// Running attacks in a host.
#include "tests/attacks/battle.h"

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>

#include "bindings/bindings.h"
#include "host/core/text.h"
#include "host/env/clock.h"
#include "scripts/scripts.h"
#include "tests/attacks/stderr_capture.h"
#include "tests/attacks/victim_world.h"
#include "tests/env/inbox.h"

namespace tidegate::test {
namespace {

constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kAskEvery = std::chrono::milliseconds(2);
constexpr int kWellAtFirst = 50;
constexpr Duration kNever = Minutes(600);

// Why another running time than in production: on a machine that is busy, or under a sanitizer, two
// million fuel can take longer than 250 ms. What must be caught by time keeps the real one.
constexpr Duration kRunningTimeOfOthers = Seconds(40);

constexpr char kNeighbourPolicy[] = R"(
    local ticks = 0
    local policy = { api = 1 }
    function policy.online() end
    function policy.offline() end
    function policy.is_alive(resource)
      ticks = ticks + 1
      local names = {}
      for i = 1, 20 do names[i] = ("%s-%d"):format(resource.name, (i * ticks) % 23) end
      table.sort(names)
      return #table.concat(names, ",") > 100
    end
    return policy
)";

Result<std::shared_ptr<const CompiledPolicy>> Compile(const PolicySource& source) {
  std::vector<ModuleView> scripts;
  for (const Script& script : Scripts()) scripts.push_back({script.name, script.text});
  return CompiledPolicy::Compile(source, scripts, Bindings());
}

// Dies twice at most, then stays failed.
MonitorSettings Settings(bool poll) {
  MonitorSettings settings;
  settings.looks_alive_poll_interval = kNever;
  settings.is_alive_poll_interval = poll ? Milliseconds(1) : kNever;
  settings.restart_action = RestartAction::kRestartNoNotify;
  settings.restart_threshold = 1;
  settings.restart_delay = {};
  return settings;
}

}  // namespace

// Shared with the lane, which may say something after the battle has turned away.
struct Battle::Watched {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Ending> endings;
  int onlines = 0;
  int well = 0;  // answers

  bool WaitUntil(const std::function<bool()>& enough) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, kPatience, enough);
  }
};

Battle::Battle() {
  LogOptions log;
  log.standard_error = false;
  log.level = Level::kDebug;
  log.file = directory_ / "log";
  log_ = std::move(*Log::Open(log));
  HostEnvOptions options;
  options.node = "node-a";
  options.state_directory = directory_ / "state";
  options.volumes = VictimWorld();
  options.log = [this](Level level, std::string_view resource, std::string_view text) {
    log_->Line(level, resource, text);
  };
  options.reported = [this](ResourceId id, const Status& status) {
    const std::string name = "r" + std::to_string(id.index);
    if (!status.progress.empty()) log_->Line(Level::kInformation, name, Text(status));
  };
  env_ = std::move(*HostEnv::Create(scheduler_, std::move(options)));
  meter_ = std::make_unique<Meter>(*env_);
  engine_ = std::make_unique<Engine>(*meter_);
  meter_->Forward(*engine_);
  scheduler_.Start(*meter_);
  AddNeighbour();
  asker_ = std::thread([this] { Ask(); });
}

Battle::~Battle() {
  asking_ = false;
  if (asker_.joinable()) asker_.join();
  env_->Stop();
  scheduler_.Stop();
}

void Battle::AddNeighbour() {
  const ResourceId id = *engine_->NewId();
  env_->Register(id, "neighbour");
  LaneSpec spec{.id = id,
                .name = "neighbour",
                .node = "node-a",
                .properties = {},
                .limits = {},
                .monitor = Settings(false)};
  Lane* lane = *engine_->Add(std::move(spec), *Compile({"neighbour.lua", kNeighbourPolicy, {}}));
  lane->Listen([this](const Answer& answer) {
    if (answer.entry != EntryPoint::kIsAlive) return;
    ++answered_;
    if (!answer.verdict.ok) ++sick_;
  });
  const auto online = std::make_shared<std::atomic<bool>>(false);
  scheduler_.Run(id, [lane] {
    lane->Begin();
    lane->Want(true, {.kind = CauseKind::kOperator});
  });
  Eventually([&] {
    scheduler_.Run(
        id, [lane, online] { *online = lane->View().status.state == ResourceState::kOnline; });
    return online->load();
  });
}

void Battle::Ask() {
  auto next = std::chrono::steady_clock::now();
  while (asking_) {
    ++asked_;
    scheduler_.Post(Meter::kNeighbour, {MonotonicNow(), Requested{EntryPoint::kIsAlive, {}}});
    next = std::max(next + kAskEvery, std::chrono::steady_clock::now());
    std::this_thread::sleep_until(next);
  }
}

std::string Battle::NeighbourMissed() {
  asking_ = false;
  if (asker_.joinable()) asker_.join();
  Eventually([this] { return answered_ == asked_; });
  if (answered_ != asked_) {
    return std::to_string(asked_ - answered_) + " of " + std::to_string(asked_) + " ticks";
  }
  return sick_ == 0 ? "" : std::to_string(sick_) + " good verdicts";
}

Result<Lane*> Battle::Load(const Attack& attack, ResourceId id) {
  auto compiled = Compile(attack.source);
  if (!compiled) return compiled.error();
  LaneSpec spec;
  spec.id = id;
  spec.name = "r" + std::to_string(id.index);
  spec.node = "node-a";
  spec.limits = attack.limits;
  spec.granted = Capabilities::None();
  for (const Capability c : {Capability::kVolume, Capability::kTimer, Capability::kStore}) {
    spec.granted.Add(c);
  }
  if (attack.caught != Caught::kTime) spec.limits.running_time = kRunningTimeOfOthers;
  spec.monitor = Settings(!attack.in_watch && attack.entry == EntryPoint::kIsAlive);
  return engine_->Add(std::move(spec), *compiled);
}

// Brings the resource online and into the attacked entry point, as often as it has lives.
void Battle::Drive(const Fighter& fighter) {
  const Attack& attack = *fighter.attack;
  Lane& lane = *fighter.lane;
  const std::shared_ptr<Watched> watched = fighter.watched;
  const EntryPoint target = attack.in_watch ? EntryPoint::kIsAlive : attack.entry;
  // Some take a few polls until they exceed their limit.
  const bool slowly = IsKill(attack.caught) && target == EntryPoint::kIsAlive;
  lane.Listen([&lane, target, slowly, watched](const Answer& answer) {
    const std::scoped_lock lock(watched->mutex);
    if (answer.entry == EntryPoint::kOnline && answer.verdict.ok) ++watched->onlines;
    const bool early = answer.verdict.ok && slowly && ++watched->well < kWellAtFirst;
    if (answer.entry == target && !early) {
      watched->endings.push_back({answer.verdict, lane.policy().dead(), lane.policy().usage()});
    }
    watched->changed.notify_all();
  });
  scheduler_.Run(fighter.id, [&lane] {
    lane.Begin();
    lane.Want(true, {.kind = CauseKind::kOperator});
  });
  const bool comes_itself = target == EntryPoint::kOpen || target == EntryPoint::kOnline ||
                            target == EntryPoint::kIsAlive;
  if (comes_itself) return;
  if (!watched->WaitUntil([&] { return watched->onlines > 0; })) return;
  scheduler_.Run(fighter.id, [&lane, target] {
    if (target == EntryPoint::kOffline) {
      lane.Want(false, {.kind = CauseKind::kOperator});
    } else if (target == EntryPoint::kTerminate) {
      lane.Kill({.kind = CauseKind::kUnhealthy, .message = "told so"});
    } else {
      lane.Request(target);
    }
  });
}

Battle::Fighter Battle::Begin(const Attack& attack) {
  Fighter fighter{.attack = &attack,
                  .id = *engine_->NewId(),
                  .lane = nullptr,
                  .refused = {},
                  .watched = std::make_shared<Watched>()};
  env_->Register(fighter.id, "r" + std::to_string(fighter.id.index));
  meter_->Watch(fighter.id);
  meter_->Load([&] {
    const Result<Lane*> loaded = Load(attack, fighter.id);
    if (loaded) fighter.lane = *loaded;
    if (!loaded) fighter.refused = loaded.error().detail;
  });
  if (fighter.lane != nullptr && !attack.in_load) Drive(fighter);
  return fighter;
}

Outcry Battle::Finish(const Fighter& fighter) {
  const Attack& attack = *fighter.attack;
  Outcry outcry;
  outcry.refused = fighter.refused;
  if (fighter.lane != nullptr && !attack.in_load) {
    Watched& watched = *fighter.watched;
    // Killed in an entry point that comes again by itself, it is seen to die the same death twice.
    const bool again =
        IsKill(attack.caught) && attack.caught != Caught::kTime && !attack.in_watch &&
        (attack.entry == EntryPoint::kIsAlive || attack.entry == EntryPoint::kOnline);
    const std::size_t lives = again ? 2 : 1;
    outcry.silent = !watched.WaitUntil([&] { return watched.endings.size() >= lives; });
    const std::scoped_lock lock(watched.mutex);
    outcry.endings = watched.endings;
    outcry.came_back = watched.onlines > 1 || attack.entry == EntryPoint::kOnline;
  }
  if (outcry.silent && outcry.endings.empty()) {
    std::printf("%s does not end; the test cannot go on\n", attack.file.c_str());
    std::fflush(stdout);
    std::abort();
  }
  scheduler_.Remove(fighter.id);
  engine_->Remove(fighter.id);
  env_->Forget(fighter.id);
  outcry.measured = meter_->Take();
  return outcry;
}

Outcry Battle::Run(const Attack& attack) {
  StderrCapture capture;
  const Fighter fighter = Begin(attack);
  Outcry outcry = Finish(fighter);
  log_->Flush();
  const std::string logged = ReadFile(directory_ / "log");
  outcry.logged = logged.substr(log_read_);
  log_read_ = logged.size();
  outcry.complained = capture.Take();
  return outcry;
}

std::vector<Outcry> Battle::RunAtOnce(const Attack& attack, int count) {
  std::vector<Fighter> fighters;
  for (int i = 0; i < count; ++i) fighters.push_back(Begin(attack));
  std::vector<Outcry> outcries;
  for (const Fighter& fighter : fighters) outcries.push_back(Finish(fighter));
  return outcries;
}

}  // namespace tidegate::test
