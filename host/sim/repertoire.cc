// Learning turns from a sandbox, and playing them.
#include "host/sim/repertoire.h"

#include <algorithm>
#include <cassert>

#include "host/sim/trace.h"

namespace tidegate::sim {
namespace {

using Kind = Repertoire::Heard::Kind;

// Where a task's clock begins: far enough from 0 that nobody takes it for "never".
constexpr Instant kTaskBegins{Minutes(60).ns};

template <class Op>
concept NamesVolume = requires(Op op) {
  op.volume;
};

VolumeHandle* VolumeOf(Call& call) {
  return std::visit(
      [](auto& op) -> VolumeHandle* {
        if constexpr (NamesVolume<std::decay_t<decltype(op)>>) return &op.volume;
        return nullptr;
      },
      call);
}

std::uint64_t KeyOf(Kind kind, Task task) {
  return (static_cast<std::uint64_t>(kind) << 8) | static_cast<std::uint64_t>(task);
}

}  // namespace

// The host of the sandbox that is learnt from.
class Repertoire::Stage final : public PolicyHost {
 public:
  Instant Now() override {
    clocked = true;
    return now;
  }
  void Log(Level level, std::string_view text) override {
    said.push_back({Said::Kind::kLog, level, std::string(text)});
  }
  void Progress(std::string_view text) override {
    said.push_back({Said::Kind::kProgress, Level::kDebug, std::string(text)});
  }
  bool Cancelled() override { return false; }
  // As a lane allots them.
  std::optional<Task> AllotWatch() override {
    said.push_back({Said::Kind::kWatch, Level::kDebug, {}});
    for (int n = 0; n < limits::kWatches; ++n) {
      if ((watches >> n & 1u) != 0) continue;
      watches |= 1u << n;
      return Watch(n);
    }
    return std::nullopt;
  }

  std::unique_ptr<Policy> policy;
  Standing* at = nullptr;
  Instant now;
  bool clocked = false;
  std::uint32_t watches = 0;
  std::vector<Said> said;
};

Repertoire::Repertoire(std::shared_ptr<const CompiledPolicy> compiled, const SandboxLimits& limits)
    : compiled_(std::move(compiled)), limits_(limits), stage_(std::make_unique<Stage>()) {}

Repertoire::~Repertoire() = default;

Result<std::unique_ptr<Policy>> Repertoire::NewPolicy() {
  Result<std::unique_ptr<Policy>> policy = Policy::Create(compiled_, limits_, *stage_);
  if (policy) (*policy)->FillLibraries();
  return policy;
}

tidegate::Outcome Repertoire::Begin() {
  if (stage_->policy != nullptr || !standings_.empty()) return Ok();
  Result<std::unique_ptr<Policy>> policy = NewPolicy();
  if (!policy) return policy.error();
  stage_->policy = std::move(*policy);
  manifest_ = stage_->policy->manifest();
  return Ok();
}

void Repertoire::Bind(const PolicyContext& context) {
  if (context_) return;
  context_ = context;
  stage_->policy->Bind(context);
}

Repertoire::Standing* Repertoire::beginning() {
  if (standings_.empty()) {
    const auto memory = stage_->policy->Remember();
    Standing& first = standings_.emplace_back();
    first.id = Mixed(memory ? memory->digest : 1, 0);
    first.handles = memory ? memory->handles : 0;
    by_id_[first.id] = &first;
    stage_->at = &first;
  }
  return &standings_.front();
}

const Result<std::string>& Repertoire::StateAt(Standing& at) {
  if (!at.state) {
    GoTo(at);
    at.state = stage_->policy->ExportState();
  }
  return *at.state;
}

// Puts the sandbox where `at` is, by playing what led there from where the sandbox is, or from the
// beginning.
void Repertoire::GoTo(Standing& at) {
  if (stage_->at == &at) return;
  std::vector<const Standing*> way;
  const Standing* step = &at;
  for (; step->from != nullptr && step != stage_->at; step = step->from) way.push_back(step);
  if (step != stage_->at) {
    // Loaded before, with the same limits: it loads again.
    stage_->policy = std::move(*NewPolicy());
    stage_->policy->Bind(*context_);
    stage_->watches = 0;
  } else {
    stage_->watches = step->watches;
  }
  const Standing* before = step;
  for (auto it = way.rbegin(); it != way.rend(); before = *it++) {
    Played played;
    Perform(*stage_, (*it)->heard, before->handles, played);
  }
  stage_->said.clear();
  stage_->at = &at;
}

void Repertoire::Perform(Stage& stage, const Heard& heard, std::uint32_t handles, Played& played) {
  Policy& policy = *stage.policy;
  stage.now = kTaskBegins + heard.ago;
  stage.clocked = false;
  stage.said.clear();
  switch (heard.kind) {
    case Kind::kStart:
      played.turn = policy.Start(heard.task, heard.entry, heard.arguments, heard.cause,
                                 kTaskBegins + heard.left);
      break;
    case Kind::kStartWatch:
      played.turn = policy.StartWatch(heard.task);
      break;
    case Kind::kResume:
      if (OpenedHandle(heard.reply) != nullptr) {
        played.turn = policy.Resume(heard.task, Success(VolumeHandle{handles + 1}));
      } else {
        played.turn = policy.Resume(heard.task, heard.reply);
      }
      break;
    case Kind::kCancel:
      policy.Cancel(heard.task);
      break;
    case Kind::kImport:
      if (const tidegate::Outcome imported = policy.ImportState(heard.json); !imported) {
        played.refused = imported.error();
      }
      break;
  }
  const bool ended = heard.kind == Kind::kCancel || std::holds_alternative<Verdict>(played.turn);
  if (IsWatch(heard.task) && heard.kind != Kind::kImport && ended) {
    stage.watches &= ~(1u << (static_cast<int>(heard.task) - static_cast<int>(Task::kWatch)));
  }
}

const Repertoire::Played& Repertoire::Learn(Standing& at, std::uint64_t question, Heard heard) {
  GoTo(at);
  Played& played = played_.emplace_back();
  played.ago = heard.ago;
  Perform(*stage_, heard, at.handles, played);
  played.said = stage_->said;
  played.clocked = stage_->clocked;
  const std::uint64_t then = Mixed(question, static_cast<std::uint64_t>(heard.ago.ns));
  if (!known_.Add(question, &played)) known_.Add(then, &played);
  if (played.clocked) question = then;
  played.to = StandingOf(at, question, heard, stage_->watches);
  stage_->at = played.to;
  return played;
}

Repertoire::Standing* Repertoire::StandingOf(Standing& from, std::uint64_t question,
                                             const Heard& heard, std::uint32_t watches) {
  const Policy& policy = *stage_->policy;
  const auto memory = policy.Remember();
  Standing next;
  next.id = memory ? memory->digest : question;
  next.handles = memory ? memory->handles : from.handles + 1;
  next.watches = watches;
  next.dead = policy.dead();
  for (int t = 0; t < kTasks && !next.dead; ++t) {
    if (policy.Running(static_cast<Task>(t))) next.running |= 1u << t;
  }
  next.id = Mixed(next.id, watches);
  const auto [it, fresh] = by_id_.try_emplace(next.id, nullptr);
  if (!fresh) return it->second;
  next.from = &from;
  next.heard = heard;
  next.turns = from.turns + 1;
  if (!next.dead && heard.kind != Kind::kImport) next.where = policy.Where(heard.task);
  it->second = &standings_.emplace_back(std::move(next));
  return it->second;
}

// --- The player. ---

void Player::Bind(PolicyContext context) {
  repertoire_->Bind(context);
  at_ = repertoire_->beginning();
}

template <class Fill>
const Repertoire::Played& Player::Play(std::uint64_t key, Duration ago, Fill fill) {
  const Repertoire::Played& played = repertoire_->Play(*at_, key, ago, fill);
  at_ = played.to;
  for (const Repertoire::Said& said : played.said) {
    switch (said.kind) {
      case Repertoire::Said::Kind::kLog:
        host_.Log(said.level, said.text);
        break;
      case Repertoire::Said::Kind::kProgress:
        host_.Progress(said.text);
        break;
      case Repertoire::Said::Kind::kWatch:
        (void)host_.AllotWatch();
        break;
    }
  }
  return played;
}

// The turn, with the volumes' numbers in the world.
const Turn& Player::Took(const Repertoire::Played& played) {
  if (at_->running == 0) volumes_.clear();
  if (!std::holds_alternative<Call>(played.turn)) return played.turn;
  turn_ = played.turn;
  auto* call = std::get_if<Call>(&turn_);
  VolumeHandle* volume = VolumeOf(*call);
  if (volume == nullptr) return turn_;
  const auto it =
      std::ranges::find(volumes_, volume->id, &std::pair<std::uint32_t, std::uint32_t>::first);
  assert(it != volumes_.end());
  volume->id = it->second;
  if (GivesBack(*call)) volumes_.erase(it);
  return turn_;
}

// A policy is told milliseconds: those of the task's clock change when those of the node's do.
Instant Player::BeginsAt(Task task) {
  const Instant now = host_.Now();
  latest_ = task;
  return began_[Index(task)] = Instant{now.ns - now.ns % 1'000'000};
}

const Turn& Player::Start(Task task, EntryPoint entry, const Arguments& arguments,
                          const Cause& cause, Instant deadline) {
  const Instant began = BeginsAt(task);
  const Duration ago = host_.Now() - began;
  Digest key;
  key.Add(KeyOf(Kind::kStart, task));
  key.Add(static_cast<std::uint64_t>(entry));
  key.Add(static_cast<std::uint64_t>((deadline - began).ns));
  key.Add(arguments.flags);
  if (!arguments.input.empty()) key.Add(arguments.input);
  const bool told = entry == EntryPoint::kTerminate;
  if (told) Describe(key, cause);
  return Took(Play(key.value(), ago, [&](Repertoire::Heard& heard) {
    heard.kind = Kind::kStart;
    heard.task = task;
    heard.entry = entry;
    heard.arguments = arguments;
    if (told) heard.cause = cause;
    heard.left = deadline - began;
  }));
}

const Turn& Player::StartWatch(Task task) {
  (void)BeginsAt(task);
  return Took(Play(KeyOf(Kind::kStartWatch, task), Ago(task), [&](Repertoire::Heard& heard) {
    heard.kind = Kind::kStartWatch;
    heard.task = task;
  }));
}

const Turn& Player::Resume(Task task, const Reply& reply) {
  latest_ = task;
  Digest key;
  key.Add(KeyOf(Kind::kResume, task));
  const VolumeHandle* opened = OpenedHandle(reply);
  if (opened != nullptr) {
    volumes_.emplace_back(at_->handles + 1, opened->id);
    key.Add(std::uint64_t{1});
  } else {
    Describe(key, reply);
    if (!reply.detail.empty()) key.Add(reply.detail);
  }
  return Took(Play(key.value(), Ago(task), [&](Repertoire::Heard& heard) {
    heard.kind = Kind::kResume;
    heard.task = task;
    heard.reply = reply;
  }));
}

void Player::Cancel(Task task) {
  if (dead()) return;
  Play(KeyOf(Kind::kCancel, task), {}, [&](Repertoire::Heard& heard) {
    heard.kind = Kind::kCancel;
    heard.task = task;
  });
  if (at_->running == 0) volumes_.clear();
}

tidegate::Outcome Player::ImportState(std::string_view json) {
  if (dead()) return Error{ErrorCode::kInvalidState, "", "the sandbox is gone"};
  Digest key;
  key.Add(KeyOf(Kind::kImport, Task::kEntry));
  key.Add(json);
  const Repertoire::Played& played = Play(key.value(), {}, [&](Repertoire::Heard& heard) {
    heard.kind = Kind::kImport;
    heard.json = std::string(json);
  });
  if (played.refused) return *played.refused;
  return Ok();
}

std::uint64_t Player::Standing() const {
  Digest digest;
  digest.Add(at_->id);
  for (std::size_t t = 0; t < kTasks && at_->running >> t != 0; ++t) {
    if ((at_->running >> t & 1u) == 0) continue;
    digest.Add(static_cast<std::uint64_t>((host_.Now() - began_[t]).ns));
  }
  return digest.value();
}

std::unique_ptr<Understudy> Player::Copy() const {
  auto copy = std::make_unique<Player>(*repertoire_, host_);
  copy->Become(*this);
  return copy;
}

void Player::Become(const Understudy& other) {
  const auto& player = static_cast<const Player&>(other);
  repertoire_ = player.repertoire_;
  at_ = player.at_;
  latest_ = player.latest_;
  began_ = player.began_;
  volumes_ = player.volumes_;
}

}  // namespace tidegate::sim
