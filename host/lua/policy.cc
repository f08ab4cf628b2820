// Entry points as coroutines.
#include "host/lua/policy.h"

#include <bitset>

#include "host/core/digest.h"
#include "host/core/line.h"
#include "host/lua/entry_call.h"
#include "host/lua/inside.h"
#include "host/lua/library_table.h"
#include "host/lua/load.h"
#include "host/lua/memory.h"
#include "host/lua/plain_data.h"
#include "host/lua/stack.h"

namespace tidegate {

namespace {

// What nearly every turn ends with.
const Turn kYes(std::in_place_type<Verdict>);

// In the order in which a turn needs them: with thousands of policies each one is found in memory
// anew.
class SandboxedPolicy final : public Policy {
 public:
  SandboxedPolicy(std::shared_ptr<const CompiledPolicy> of, const SandboxLimits& limits,
                  PolicyHost& host)
      : sandbox_(limits, &host), compiled_(std::move(of)) {
    Settle(host);
  }
  SandboxedPolicy(std::shared_ptr<const CompiledPolicy> of, std::shared_ptr<const Image> from,
                  const SandboxLimits& limits, PolicyHost& host)
      : sandbox_(limits, &host, *from), compiled_(std::move(of)), image_(std::move(from)) {
    Settle(host);
    thread(Task::kEntry) = sandbox_.copied_entry();
    Know(image_->manifest());
  }
  bool begun() const { return sandbox_.state() != nullptr; }
  Outcome LoadAlone();

  const Manifest& manifest() const override { return *manifest_; }
  const std::shared_ptr<const CompiledPolicy>& compiled() const override { return compiled_; }
  void Bind(PolicyContext context) override;
  const Turn& Start(Task task, EntryPoint entry, const Arguments& arguments, const Cause& cause,
                    Instant deadline) override;
  const Turn& StartWatch(Task task) override;
  const Turn& Resume(Task task, const Reply& reply) override;
  void Cancel(Task task) override;
  bool Running(Task task) const override {
    return runtime_.tasks[static_cast<std::size_t>(task)].running;
  }
  std::string Where(Task task) const override;
  Task latest() const override { return runtime_.task; }
  bool dead() const override { return sandbox_.killed(); }
  Usage usage() const override {
    const Arena& arena = sandbox_.arena();
    return {arena.footprint(), arena.peak(), sandbox_.fuel_spent()};
  }
  Result<std::string> ExportState() override;
  Outcome ImportState(std::string_view json) override;
  bool HasState() const override {
    return !dead() && tidegate_has_fields(sandbox_.state(), slot::kState) != 0;
  }
  std::optional<Memory> Remember() const override;
  void FillLibraries() override;

 private:
  void Settle(PolicyHost& host) {
    runtime_.sandbox = &sandbox_;
    runtime_.host = &host;
    runtime_.compiled = compiled_.get();
    sandbox_.runtime = &runtime_;
  }
  void Know(std::shared_ptr<const Manifest> of) {
    manifest_ = std::move(of);
    runtime_.manifest = manifest_.get();
    entry_points_ = manifest_->entry_points;
  }

  TaskState& state(Task task) { return runtime_.tasks[static_cast<std::size_t>(task)]; }
  lua_State*& thread(Task task) { return threads_[static_cast<std::size_t>(task)]; }

  const Turn& Begin(Task task, EntryPoint entry, Instant deadline, CFunction body);
  const Turn& Run(Task task);
  Verdict Ended(Task task, int status);
  Verdict Killed(EntryPoint entry);
  const Turn& Says(Verdict verdict) { return runtime_.turn = std::move(verdict); }
  void Forget(Task task);

  std::bitset<kEntryPoints> entry_points_;
  std::array<lua_State*, kTasks> threads_{};
  Sandbox sandbox_;
  Runtime runtime_;
  std::shared_ptr<const CompiledPolicy> compiled_;
  std::shared_ptr<const Image> image_;  // whose code this uses; null: loaded alone
  std::shared_ptr<const Manifest> manifest_;
};

Outcome SandboxedPolicy::LoadAlone() {
  auto read = std::make_shared<Manifest>();
  if (Outcome loaded = Load(sandbox_, *read); !loaded) return loaded;
  lua_rawgeti(sandbox_.state(), LUA_REGISTRYINDEX, slot::kThreads);
  thread(Task::kEntry) = lua_tothread(sandbox_.state(), -1);
  lua_settop(sandbox_.state(), 0);
  Know(std::move(read));
  return Ok();
}

const Turn& SandboxedPolicy::Begin(Task task, EntryPoint entry, Instant deadline, CFunction body) {
  TaskState& begun = state(task);
  assert(!begun.running);
  begun.entry = entry;
  begun.deadline = deadline;
  if (begun.trouble != nullptr) begun.trouble.reset();
  if (thread(task) == nullptr) {
    thread(task) = MakeThread(sandbox_, task);
    if (thread(task) == nullptr) sandbox_.OutOfMemory();
    if (sandbox_.killed()) return Says(Killed(entry));
  }
  begun.running = true;
  lua_pushcfunction(thread(task), body);
  return Run(task);
}

const Turn& SandboxedPolicy::Run(Task task) {
  runtime_.task = task;
  runtime_.asked = false;
  lua_State* L = thread(task);
  int results = 0;
  sandbox_.Begin(L);
  const int status = lua_resume(L, sandbox_.state(), 0, &results);
  sandbox_.End();
  // Whatever Lua answered: a script can survive its own kill and return in good order.
  if (!sandbox_.stopped()) {
    if (status == LUA_YIELD && runtime_.asked) return runtime_.turn;
    if (status == LUA_OK && task == Task::kEntry && !runtime_.ending.told) {
      state(task).running = false;
      runtime_.ClosedAllOf(task);
      return kYes;
    }
  }
  return Says(Ended(task, status));
}

Verdict SandboxedPolicy::Ended(Task task, int status) {
  const EntryPoint entry = state(task).entry;
  if (status == LUA_ERRMEM) sandbox_.OutOfMemory();
  if (sandbox_.killed()) return Killed(entry);
  state(task).running = false;
  runtime_.ClosedAllOf(task);
  Cause cause{.kind = CauseKind::kProtocol, .entry = entry, .code = ErrorCode::kResourceFailed};
  if (sandbox_.cancelled()) {
    cause.kind = CauseKind::kPolicyError;
    cause.code = ErrorCode::kCancelled;
    cause.message = "cancelled while it was running";
    Forget(task);
    return Verdict{false, std::move(cause)};
  }
  if (status != LUA_OK) {
    cause.message = status == LUA_YIELD ? "waits for nothing" : "the call itself failed";
    Forget(task);
    return Verdict{false, std::move(cause)};
  }
  if (task == Task::kEntry) {
    lua_settop(thread(task), 0);  // kept for the next run
  } else {
    Forget(task);
  }
  return Judge(runtime_.ending, entry);
}

Verdict SandboxedPolicy::Killed(EntryPoint entry) {
  Cause cause{.kind = sandbox_.killed_by(), .entry = entry, .code = ErrorCode::kResourceFailed};
  cause.where = PrintableLine(sandbox_.kill_where(), limits::kReasonBytes);
  cause.message = sandbox_.kill_message();
  for (TaskState& task : runtime_.tasks) task.running = false;
  threads_.fill(nullptr);
  runtime_.volumes.clear();
  sandbox_.Drop();
  return {false, std::move(cause)};
}

void SandboxedPolicy::Forget(Task task) {
  lua_pushboolean(sandbox_.state(), 0);
  lua_rawseti(sandbox_.state(), LUA_REGISTRYINDEX, slot::kThreads + static_cast<int>(task));
  thread(task) = nullptr;
}

void SandboxedPolicy::Bind(PolicyContext context) {
  Capabilities both = Capabilities::None();
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    const auto capability = static_cast<Capability>(i);
    const bool asked = manifest_->capabilities.Has(capability);
    if (asked && context.granted.Has(capability)) both.Add(capability);
  }
  context.granted = both;
  runtime_.context = std::move(context);
  runtime_.loading = false;
}

const Turn& SandboxedPolicy::Start(Task task, EntryPoint entry, const Arguments& arguments,
                                   const Cause& cause, Instant deadline) {
  if (sandbox_.killed()) return Says(Killed(entry));
  if (!entry_points_.test(static_cast<std::size_t>(entry))) return kYes;
  // Read once, when the body begins.
  runtime_.arguments = &arguments;
  runtime_.cause = &cause;
  return Begin(task, entry, deadline, &EntryBody);
}

const Turn& SandboxedPolicy::StartWatch(Task task) {
  assert(IsWatch(task));
  if (dead()) return Says(Killed(EntryPoint::kOnline));
  return Begin(task, EntryPoint::kOnline, kNoDeadline, &WatchBody);
}

const Turn& SandboxedPolicy::Resume(Task task, const Reply& reply) {
  if (sandbox_.killed()) return Says(Killed(state(task).entry));
  assert(Running(task));
  runtime_.reply = &reply;
  return Run(task);
}

void SandboxedPolicy::Cancel(Task task) {
  if (dead()) return;
  if (Running(task)) Forget(task);
  state(task).running = false;
  runtime_.ClosedAllOf(task);
}

std::string SandboxedPolicy::Where(Task task) const {
  if (dead() || !Running(task)) return "";
  return PrintableLine(tidegate::Where(threads_[static_cast<std::size_t>(task)]),
                       limits::kReasonBytes);
}

Result<std::string> SandboxedPolicy::ExportState() {
  if (dead()) return Error{ErrorCode::kInvalidState, "", "the sandbox is gone"};
  lua_State* L = sandbox_.state();
  // Most policies keep no state, and are asked after every entry point.
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kState);
  lua_pushnil(L);
  const bool empty = lua_next(L, -2) == 0;
  lua_settop(L, 0);
  if (empty) return std::string("{}");
  Result<std::string> text = ExportTable(sandbox_, slot::kState, "state");
  if (dead()) sandbox_.Drop();
  return text;
}

Outcome SandboxedPolicy::ImportState(std::string_view json) {
  if (dead()) return Error{ErrorCode::kInvalidState, "", "the sandbox is gone"};
  Outcome outcome = ImportTable(sandbox_, slot::kState, "state", json);
  if (dead()) sandbox_.Drop();
  return outcome;
}

void SandboxedPolicy::FillLibraries() {
  if (!dead()) (void)sandbox_.Call(&tidegate::FillLibraries);
}

std::optional<Policy::Memory> SandboxedPolicy::Remember() const {
  if (dead() || !image_) return std::nullopt;
  int ok = 0;
  const tidegate_memory lua = tidegate_remember(sandbox_.state(), &ok);
  if (ok == 0) return std::nullopt;
  Digest digest;
  digest.Add(lua.digest);
  for (const TaskState& task : runtime_.tasks) {
    digest.Add(task.running ? 1 + static_cast<std::uint64_t>(task.entry) : 0);
    if (!task.running) continue;
    digest.Add(static_cast<std::uint64_t>(task.deadline.ns));
    if (task.trouble == nullptr) continue;
    digest.Add(task.trouble->raised_at);
    digest.Add(task.trouble->op);
    digest.Add(static_cast<std::uint64_t>(task.trouble->code));
    digest.Add(task.trouble->detail);
  }
  for (const OpenVolume& volume : runtime_.volumes) {
    digest.Add((std::uint64_t{volume.id} << 16) | (std::uint64_t{volume.reaching} << 8) |
               static_cast<std::uint64_t>(volume.task));
  }
  return Memory{digest.value(), lua.handles};
}

}  // namespace

Result<std::unique_ptr<Policy>> Policy::Create(std::shared_ptr<const CompiledPolicy> compiled,
                                               const SandboxLimits& limits, PolicyHost& host) {
  if (auto image = compiled->ImageFor(limits)) {
    auto copy = std::make_unique<SandboxedPolicy>(compiled, std::move(image), limits, host);
    if (copy->begun()) return std::unique_ptr<Policy>(std::move(copy));
  }
  auto alone = std::make_unique<SandboxedPolicy>(std::move(compiled), limits, host);
  if (const Outcome loaded = alone->LoadAlone(); !loaded) return loaded.error();
  return std::unique_ptr<Policy>(std::move(alone));
}

}  // namespace tidegate
