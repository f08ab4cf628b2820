// One lane's events, one after the other.
#include "host/apps/tidegate/ocf/look.h"

#include <chrono>
#include <future>
#include <thread>
#include <utility>

#include "host/apps/tidegate/paths.h"
#include "host/core/text.h"
#include "host/env/clock.h"
#include "host/env/linux/volumes.h"
#include "host/env/thread.h"

namespace tidegate::ocf {
namespace {

constexpr ResourceId kId{0};

}  // namespace

// The lane hosts the policy that was loaded before there was one.
class Look::Voice final : public PolicyHost, public PolicyMaker {
 public:
  explicit Voice(std::unique_ptr<Policy>& loaded) : loaded_(loaded) {}
  Instant Now() override { return lane_ != nullptr ? lane_->Now() : MonotonicNow(); }
  void Log(Level level, std::string_view text) override {
    if (lane_ != nullptr) lane_->Log(level, text);
  }
  void Progress(std::string_view text) override {
    if (lane_ != nullptr) lane_->Progress(text);
  }
  bool Cancelled() override { return lane_ != nullptr && lane_->Cancelled(); }
  std::optional<Task> AllotWatch() override {
    return lane_ != nullptr ? lane_->AllotWatch() : std::nullopt;
  }
  Result<std::unique_ptr<Policy>> Make(const std::shared_ptr<const CompiledPolicy>&,
                                       const SandboxLimits&, PolicyHost& lane) override {
    lane_ = &lane;
    return std::move(loaded_);
  }

 private:
  std::unique_ptr<Policy>& loaded_;
  PolicyHost* lane_ = nullptr;
};

Look::Look(LookOptions options) : options_(std::move(options)) {}
Look::~Look() = default;

Result<std::unique_ptr<Look>> Look::Load(LookOptions options,
                                         std::shared_ptr<const CompiledPolicy> program) {
  std::unique_ptr<Look> look(new Look(std::move(options)));
  look->voice_ = std::make_unique<Voice>(look->loaded_);
  program->LoadEach({});
  Result<std::unique_ptr<Policy>> policy = Policy::Create(program, {}, *look->voice_);
  if (!policy) return policy.error();
  look->program_ = std::move(program);
  look->loaded_ = std::move(*policy);
  look->policy_ = look->loaded_.get();
  return look;
}

// What is found unmarked gets no mark here: the list of marks belongs to who holds the lock.
Outcome Look::Begin(Properties properties) {
  Result<HostLocks> locks = HostLocks::Open(options_.state_dir, true);
  if (!locks) return locks.error();
  locks_.emplace(std::move(*locks));
  Result<Store> store = Store::Open(options_.state_dir);
  if (!store) return store.error();
  const auto volumes = std::make_shared<Volumes>(
      VolumesOptions{.marks = *store,
                     .adopts = false,
                     .own_folders = OwnFolders(options_.state_dir, options_.state_dir)});
  volumes->Register(kId, options_.name);
  HostEnvOptions env;
  env.node = options_.node;
  env.state_directory = options_.state_dir;
  env.volumes = [volumes](ResourceId id, const Call& call) { return volumes->Perform(id, call); };
  env.cluster = options_.cluster;
  env.log = [log = options_.log](Level level, std::string_view, std::string_view text) {
    log(level, text);
  };
  env.in_turn = true;
  Result<std::unique_ptr<HostEnv>> made = HostEnv::Create(*this, std::move(env));
  if (!made) return made.error();
  env_ = std::move(*made);
  env_->Register(kId, options_.name);
  const LookWrites writes{options_.name, options_.forgets, options_.left};
  world_ = std::make_unique<LookEnv>(*env_, static_cast<EventSink&>(*this), *locks_,
                                     std::move(*store), writes);

  LaneSpec spec;
  spec.id = kId;
  spec.name = options_.name;
  spec.node = env_->node();
  spec.properties = std::move(properties);
  spec.promoted = options_.promoted;
  spec.filters_health = false;
  spec.maker = voice_.get();
  Result<std::unique_ptr<Lane>> lane = Lane::Create(*world_, std::move(spec), program_);
  if (!lane) return lane.error();
  lane_ = std::move(*lane);
  lane_->Begin();
  return Ok();
}

// The next event, be it one that a timer brings.
void Look::DeliverNext() {
  while (mail_.empty()) {
    const Duration wait = env_->timers().next() - MonotonicNow();
    std::this_thread::sleep_for(std::chrono::nanoseconds(wait.ns));
    env_->timers().Fire();
  }
  Event event = std::move(mail_.front());
  mail_.pop_front();
  lane_->Handle(std::move(event));
}

// Its own timeout bounds it, unless a call hangs.
Answer Look::Ask(EntryPoint entry, const Arguments& arguments) {
  std::optional<Answer> answer;
  lane_->Listen([&](const Answer& given) {
    if (given.entry == entry && !answer) answer = given;
  });
  lane_->Request(entry, arguments);
  while (!answer) DeliverNext();
  while (!mail_.empty()) DeliverNext();  // resource.state is on disk then
  lane_->Listen({});
  return *answer;
}

Answer Look::Perform(EntryPoint entry, const Arguments& arguments, Duration within) {
  const auto asked = std::make_shared<std::promise<Answer>>();
  std::future<Answer> answer = asked->get_future();
  if (!given_up_) {
    std::optional<Thread> thread = StartThread(
        "tg-look", [this, asked, entry, arguments] { asked->set_value(Ask(entry, arguments)); });
    if (!thread) asked->set_value(Ask(entry, arguments));
    if (answer.wait_for(std::chrono::nanoseconds(within.ns)) == std::future_status::ready) {
      if (thread) thread->join();
      return answer.get();
    }
    thread->detach();
    given_up_ = true;
  }
  return {entry,
          {false,
           {.kind = CauseKind::kDeadline,
            .entry = entry,
            .code = ErrorCode::kTimeout,
            .message = "no result within the " + RoundedText(within) + " that there are"},
           {}}};
}

void Look::LetGo() {
  if (locks_) locks_->LetGo();
}

}  // namespace tidegate::ocf
