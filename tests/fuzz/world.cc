// Turns, answers, and what must hold.
#include "tests/fuzz/world.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <vector>

#include "host/core/line.h"
#include "host/core/text.h"
#include "tests/fuzz/targets.h"

namespace tidegate::fuzz {
namespace {

constexpr int kReplies = 40;  // of one task: a policy may ask for ever
constexpr Instant kNever{std::numeric_limits<std::int64_t>::max()};
// What may be spent beyond the budget before it is noticed: the charge of one large step, and of a
// refused allocation.
constexpr std::int64_t kFuelOvershoot = 120'000;

// Made for people: whatever a policy puts into it stays on one line.
void ExpectLine(std::string_view text, std::string_view what) {
  Expect(IsUtf8(text), what, "is not UTF-8");
  const bool clean = std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  Expect(clean, what, text);
}

void CheckField(std::string_view name, const std::string& text) {
  if (name == "value") {
    Expect(text.size() <= limits::kStoreValueBytes, "a stored value is at most 64 KiB");
    return;
  }
  Expect(text.size() <= limits::kPathBytes, "a text is at most 4096 bytes");
  Expect(text.find('\0') == text.npos, "no text holds a zero byte");
  Expect(!text.empty() || name == "write_file", "no text is empty", name);
  if (name == "key") {
    Expect(text.size() <= limits::kStoreKeyBytes, "a key is at most 64 bytes");
    Expect(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") == text.npos,
           "a key is of a-z 0-9 _ . -", text);
    Expect(text[0] != '.', "a key does not begin with a dot", text);
  }
}
void CheckField(std::string_view, const Sectors& sectors) {
  Expect(!sectors.empty() && sectors.size() <= limits::kProbeSectors, "1 to 256 sectors");
  Expect(std::ranges::all_of(sectors, [](std::int64_t n) { return n >= 0; }), "no sector below 0");
}
void CheckField(std::string_view, Duration duration) {
  Expect(duration >= Duration{} && duration <= limits::kDurationMax,
         "a duration is 0 to a year and a day", Text(duration));
}
void CheckField(std::string_view, VolumeHandle) {}  // CheckCall knows which are open
void CheckField(std::string_view, bool) {}

const VolumeHandle* HandleOf(const Call& call) {
  return std::visit(
      [](const auto& op) -> const VolumeHandle* {
        if constexpr (requires { op.volume; }) {
          return &op.volume;
        } else {
          return nullptr;
        }
      },
      call);
}

// A value that a property of this type may have, for policies that require some.
PropertyValue Guess(const PropertySpec& spec) {
  switch (spec.type) {
    case PropertyType::kInteger:
      return spec.min.value_or(spec.max.value_or(1));
    case PropertyType::kBoolean:
      return true;
    case PropertyType::kDuration:
      return std::string("1s");
    case PropertyType::kString:
      break;
  }
  return std::string("/img");
}

}  // namespace

World::World(Input& input, const SandboxLimits& limits) : input_(input), limits_(limits) {}

bool World::Load(const std::shared_ptr<const CompiledPolicy>& compiled) {
  compiled_ = compiled;
  watches_.fill(WatchState::kFree);
  open_.clear();
  fuel_ = 0;
  Result<std::unique_ptr<Policy>> made = Policy::Create(compiled, limits_, *this);
  if (!made) {
    for (const char c : made.error().detail) Expect(c != '\0', "an error is a text");
    Note(made.error().detail);
    return false;
  }
  policy_ = std::move(*made);
  CheckUsage();
  return Bind();
}

bool World::Bind() {
  Properties given;
  for (const PropertySpec& spec : policy_->manifest().properties) {
    if (spec.required || input_.Pick(4) == 1) given[spec.name] = Guess(spec);
  }
  Result<Properties> properties = Validate(policy_->manifest().properties, given);
  if (!properties) return false;
  if (const std::size_t less = input_.Pick(16); less > 8) {
    granted_ = Capabilities::None();
    for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
      if (less & (1u << (i % 3))) granted_.Add(static_cast<Capability>(i));
    }
  }
  policy_->Bind({"vol1", "node-a", std::move(*properties), granted_});
  return true;
}

void World::Run(EntryPoint entry, const Arguments& arguments) {
  // A dead policy says so, and a new one takes its place as in a lane.
  if (policy_->dead()) {
    const Turn turn = policy_->Start(Task::kEntry, entry, arguments, {}, now_);
    const auto* verdict = std::get_if<Verdict>(&turn);
    Expect(verdict != nullptr && IsKill(verdict->cause.kind), "the dead stay dead");
    Expect(!policy_->ExportState().ok() && !policy_->ImportState("{}").ok(), "the dead are empty");
    if (!Load(compiled_)) return;
  }
  const Task task = entry == EntryPoint::kTerminate ? Task::kTerminate : Task::kEntry;
  if (policy_->Running(task)) return;
  tick_ = input_.Pick(8) == 1 ? Milliseconds(60) : Milliseconds(1);
  const Instant deadline = input_.Pick(8) == 1 ? kNever : now_ + Seconds(180);
  Cause cause{.kind = CauseKind::kDeadline, .entry = EntryPoint::kOnline};
  cause.message = "too late";
  Follow(task, policy_->Start(task, entry, arguments, cause, deadline), kReplies);
  if (!policy_->dead() && task == Task::kEntry) RunWatches();
}

void World::Follow(Task task, Turn turn, int replies) {
  for (;;) {
    Check(task, turn);
    const Call* call = std::get_if<Call>(&turn);
    if (call == nullptr) return;
    if (task == Task::kEntry) Meanwhile(task);
    if (policy_->dead()) return;
    if (--replies == 0 || input_.Pick(32) == 1) {
      policy_->Cancel(task);
      return TaskEnded(task);
    }
    const Reply reply = Answer(task, *call);
    Note(Text(reply));
    turn = policy_->Resume(task, reply);
  }
}

// What happens between two turns of an entry point.
void World::Meanwhile(Task task) {
  switch (input_.Pick(24)) {
    case 1:
      return Run(EntryPoint::kTerminate, {});
    case 2:
      return RunWatches();
    case 3:
      if (const Result<std::string> state = policy_->ExportState()) {
        Note(*state);
        Expect(policy_->ImportState(*state).ok() || policy_->dead(), "what was exported comes back",
               *state);
      }
      return;
    case 4:
      (void)policy_->ImportState(input_.Text());
      return;
    case 5:
      cancelled_ = true;
      return;
    case 6:
      (void)Bind();
      return;
    case 7:
      Expect(policy_->Running(task), "who waits is running");
      return;
    default:
      return;
  }
}

void World::RunWatches() {
  for (int n = 0; n < limits::kWatches; ++n) {
    WatchState& state = watches_[static_cast<std::size_t>(n)];
    if (state != WatchState::kAsked) continue;
    state = WatchState::kRunning;
    Follow(Watch(n), policy_->StartWatch(Watch(n)), kReplies / 4);
    if (policy_->dead()) return;
  }
}

void World::Check(Task task, const Turn& turn) {
  cancelled_ = false;
  CheckUsage();
  if (const Call* call = std::get_if<Call>(&turn)) {
    CheckCall(task, *call);
  } else {
    CheckVerdict(task, std::get<Verdict>(turn));
  }
}

void World::CheckCall(Task task, const Call& call) {
  const std::string text = Text(call);
  Note(text);
  ExpectLine(text, "a call's text is a line");
  Expect(!policy_->dead() && policy_->Running(task), "who asks is alive");
  const OpInfo& info = Info(call);
  const Capabilities asked = policy_->manifest().capabilities;
  // What is open may be closed, also by a policy that lost the right to open it.
  Expect((granted_.Has(info.capability) && asked.Has(info.capability)) ||
             std::holds_alternative<VolumeClose>(call),
         "the operation is granted", info.name);
  if (const auto* op = std::get_if<VolumeDismount>(&call); op != nullptr && op->force) {
    Expect(granted_.Has(Capability::kVolumeForce) && asked.Has(Capability::kVolumeForce),
           "force is granted");
  }
  if (const VolumeHandle* volume = HandleOf(call)) {
    const auto it = open_.find(volume->id);
    Expect(it != open_.end() && it->second == task, "the volume is open and the task's own", text);
    if (std::holds_alternative<VolumeClose>(call)) open_.erase(it);
  }
  std::visit(
      []<class Op>(const Op& op) {
        Expect(!kIsRecord<Op>, "no policy asks for the host's records");
        std::apply([&](const auto&... field) { (CheckField(field.name, op.*field.member), ...); },
                   op.Fields());
      },
      call);
}

void World::CheckVerdict(Task task, const Verdict& verdict) {
  const std::string text = Text(verdict);
  Note(text);
  ExpectLine(text, "a verdict's text is a line");
  ExpectLine(verdict.cause.op, "an operation's name is a line");
  Expect(verdict.ok || verdict.cause, "what is not ok has a cause");
  Expect(policy_->dead() == IsKill(verdict.cause.kind), "killed is dead, and dead is killed", text);
  if (policy_->dead()) {
    Expect(policy_->usage().memory_bytes == 0, "the dead have no memory");
    open_.clear();
  } else {
    Expect(!policy_->Running(task), "who ended is not running");
    TaskEnded(task);
  }
}

void World::CheckUsage() {
  const Policy::Usage usage = policy_->usage();
  Note(std::to_string(usage.fuel));
  Expect(usage.memory_peak <= limits_.memory_bytes, "memory stays below its limit",
         std::to_string(usage.memory_peak));
  Expect(usage.fuel - fuel_ <= limits_.fuel + kFuelOvershoot, "fuel stays below its limit",
         std::to_string(usage.fuel - fuel_));
  fuel_ = usage.fuel;
}

void World::TaskEnded(Task task) {
  std::erase_if(open_, [&](const auto& entry) { return entry.second == task; });
  if (IsWatch(task)) {
    watches_[static_cast<std::size_t>(task) - static_cast<std::size_t>(Task::kWatch)] =
        WatchState::kFree;
  }
}

Reply World::Answer(Task task, const Call& call) {
  if (const auto* sleep = std::get_if<TimerSleep>(&call)) {
    now_ = now_ + std::min(sleep->duration, Seconds(60));
  }
  const std::size_t kind = input_.Pick(8);
  const std::span<const ErrorCode> errors = Info(call).errors;
  if (kind == 4 && !errors.empty()) return Failure(errors[input_.Pick(errors.size())], "EIO: /img");
  if (kind == 5) return Failure(static_cast<ErrorCode>(input_.Integer() | 1), input_.Text());
  if (kind == 6) return {ErrorCode::kIoDevice, input_.Text(), AnyValue()};
  // Any type at all; a handle counts only where one was asked for.
  if (kind == 7) {
    Value value = AnyValue();
    const auto* handle = std::get_if<VolumeHandle>(&value);
    if (handle != nullptr && std::holds_alternative<VolumeOpen>(call)) open_[handle->id] = task;
    return Success(std::move(value));
  }
  return std::visit(
      [&](const auto& op) -> Reply {
        using R = typename std::decay_t<decltype(op)>::Reply;
        if constexpr (std::is_same_v<R, bool>) return Success(input_.Pick(2) == 0);
        if constexpr (std::is_same_v<R, std::int64_t>) return Success(input_.Integer());
        if constexpr (std::is_same_v<R, std::string>) return Success(input_.Text());
        if constexpr (std::is_same_v<R, VolumeHandle>) {
          open_[++last_handle_] = task;
          return Success(VolumeHandle{last_handle_});
        }
        return Success(R{});
      },
      call);
}

Value World::AnyValue() {
  switch (input_.Pick(10)) {
    case 1:
      return input_.Pick(2) == 1;
    case 2:
      return input_.Integer();
    case 3:
      return input_.Text();
    case 4:
      return VolumeHandle{++last_handle_};
    case 5: {
      Extents extents(input_.Pick(5));
      for (Extent& e : extents) e = {input_.Integer(), input_.Integer(), input_.Integer()};
      return extents;
    }
    case 6:
      return VolumeAttributes{input_.Text(),    input_.Text(),    input_.Text(), input_.Text(),
                              input_.Integer(), input_.Integer(), true};
    case 7: {
      Strings strings(input_.Pick(5));
      for (std::string& s : strings) s = input_.Text();
      return strings;
    }
    case 8: {
      Numbers numbers(input_.Pick(5));
      for (std::int64_t& n : numbers) n = input_.Integer();
      return numbers;
    }
    case 9:
      return Reservation{input_.Integer(), input_.Text()};
    default:
      return std::monostate{};
  }
}

Instant World::Now() {
  now_ = now_ + tick_;
  return now_;
}

void World::Log(Level level, std::string_view text) {
  Note(std::to_string(static_cast<int>(level)));
  Note(text);
}

void World::Progress(std::string_view text) {
  Expect(text.size() <= limits::kReasonBytes, "progress is at most 1024 bytes");
  Note(text);
}

std::optional<Task> World::AllotWatch() {
  for (std::size_t n = 0; n < watches_.size(); ++n) {
    if (watches_[n] != WatchState::kFree) continue;
    watches_[n] = WatchState::kAsked;
    return Watch(static_cast<int>(n));
  }
  return std::nullopt;
}

// FNV-1a, each text ending in a byte that no UTF-8 has.
void World::Note(std::string_view text) {
  const auto add = [this](unsigned char byte) { digest_ = (digest_ ^ byte) * 1099511628211u; };
  for (const char c : text) add(static_cast<unsigned char>(c));
  add(0xff);
}

}  // namespace tidegate::fuzz
