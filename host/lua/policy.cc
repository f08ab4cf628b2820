// Entry points as coroutines.
#include "host/lua/policy.h"

#include <bitset>

#include "host/core/digest.h"
#include "host/core/line.h"
#include "host/lua/entry_call.h"
#include "host/lua/load.h"
#include "host/lua/library_table.h"
#include "host/lua/memory.h"
#include "host/lua/plain_data.h"
#include "host/lua/stack.h"

namespace tidegate {

// In the order in which a turn needs them: with thousands of policies each one is found in memory
// anew.
struct Policy::Impl {
  Impl(std::shared_ptr<const CompiledPolicy> of, const SandboxLimits& limits, PolicyHost& host)
      : sandbox(limits, &host), compiled(std::move(of)) {
    Settle(host);
  }
  Impl(std::shared_ptr<const CompiledPolicy> of, std::shared_ptr<const Image> from,
       const SandboxLimits& limits, PolicyHost& host)
      : sandbox(limits, &host, *from), compiled(std::move(of)), image(std::move(from)) {
    Settle(host);
    thread(Task::kEntry) = sandbox.copied_entry();
    Know(image->manifest());
  }

  void Settle(PolicyHost& host) {
    runtime.sandbox = &sandbox;
    runtime.host = &host;
    runtime.compiled = compiled.get();
    sandbox.runtime = &runtime;
  }
  void Know(std::shared_ptr<const Manifest> of) {
    manifest = std::move(of);
    runtime.manifest = manifest.get();
    entry_points = manifest->entry_points;
  }
  Outcome LoadAlone();

  TaskState& state(Task task) { return runtime.tasks[static_cast<std::size_t>(task)]; }
  lua_State*& thread(Task task) { return threads[static_cast<std::size_t>(task)]; }

  Turn Begin(Task task, EntryPoint entry, Instant deadline, CFunction body);
  Turn Run(Task task);
  Turn Ended(Task task, int status);
  Verdict Killed(EntryPoint entry);
  void Forget(Task task);

  std::bitset<kEntryPoints> entry_points;
  std::array<lua_State*, kTasks> threads{};
  Sandbox sandbox;
  Runtime runtime;
  std::shared_ptr<const CompiledPolicy> compiled;
  std::shared_ptr<const Image> image;  // whose code this uses; null: loaded alone
  std::shared_ptr<const Manifest> manifest;
};

Outcome Policy::Impl::LoadAlone() {
  auto read = std::make_shared<Manifest>();
  if (Outcome loaded = Load(sandbox, *read); !loaded) return loaded;
  lua_rawgeti(sandbox.state(), LUA_REGISTRYINDEX, slot::kThreads);
  thread(Task::kEntry) = lua_tothread(sandbox.state(), -1);
  lua_settop(sandbox.state(), 0);
  Know(std::move(read));
  return Ok();
}

Turn Policy::Impl::Begin(Task task, EntryPoint entry, Instant deadline, CFunction body) {
  TaskState& begun = state(task);
  assert(!begun.running);
  begun.entry = entry;
  begun.deadline = deadline;
  if (begun.trouble != nullptr) begun.trouble.reset();
  if (thread(task) == nullptr) {
    thread(task) = MakeThread(sandbox, task);
    if (thread(task) == nullptr) sandbox.OutOfMemory();
    if (sandbox.killed()) return Killed(entry);
  }
  begun.running = true;
  lua_pushcfunction(thread(task), body);
  return Run(task);
}

Turn Policy::Impl::Run(Task task) {
  runtime.task = task;
  runtime.asked = false;
  lua_State* L = thread(task);
  int results = 0;
  sandbox.Begin(L);
  const int status = lua_resume(L, sandbox.state(), 0, &results);
  sandbox.End();
  // Whatever Lua answered: a script can survive its own kill and return in good order.
  if (!sandbox.stopped()) {
    if (status == LUA_YIELD && runtime.asked) return std::move(runtime.call);
    if (status == LUA_OK && task == Task::kEntry && !runtime.ending.told) {
      state(task).running = false;
      runtime.ClosedAllOf(task);
      return Turn(std::in_place_type<Verdict>);
    }
  }
  return Ended(task, status);
}

Turn Policy::Impl::Ended(Task task, int status) {
  const EntryPoint entry = state(task).entry;
  if (status == LUA_ERRMEM) sandbox.OutOfMemory();
  if (sandbox.killed()) return Killed(entry);
  state(task).running = false;
  runtime.ClosedAllOf(task);
  Cause cause{.kind = CauseKind::kProtocol, .entry = entry, .code = ErrorCode::kResourceFailed};
  if (sandbox.cancelled()) {
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
  return Judge(runtime.ending, entry);
}

Verdict Policy::Impl::Killed(EntryPoint entry) {
  Cause cause{.kind = sandbox.killed_by(), .entry = entry, .code = ErrorCode::kResourceFailed};
  cause.where = PrintableLine(sandbox.kill_where(), limits::kReasonBytes);
  cause.message = sandbox.kill_message();
  for (TaskState& task : runtime.tasks) task.running = false;
  threads.fill(nullptr);
  runtime.volumes.clear();
  sandbox.Drop();
  return {false, std::move(cause)};
}

void Policy::Impl::Forget(Task task) {
  lua_pushboolean(sandbox.state(), 0);
  lua_rawseti(sandbox.state(), LUA_REGISTRYINDEX, slot::kThreads + static_cast<int>(task));
  thread(task) = nullptr;
}

Policy::Policy(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Policy::Policy(std::unique_ptr<Understudy> understudy) : understudy_(std::move(understudy)) {}
Policy::~Policy() = default;

Result<std::unique_ptr<Policy>> Policy::Create(std::shared_ptr<const CompiledPolicy> compiled,
                                               const SandboxLimits& limits, PolicyHost& host) {
  if (auto image = compiled->ImageFor(limits)) {
    auto impl = std::make_unique<Impl>(compiled, std::move(image), limits, host);
    if (impl->sandbox.state() != nullptr) {
      return std::unique_ptr<Policy>(new Policy(std::move(impl)));
    }
  }
  auto impl = std::make_unique<Impl>(std::move(compiled), limits, host);
  if (const Outcome loaded = impl->LoadAlone(); !loaded) return loaded.error();
  return std::unique_ptr<Policy>(new Policy(std::move(impl)));
}

const Manifest& Policy::manifest() const {
  return understudy_ ? understudy_->manifest() : *impl_->manifest;
}
const std::shared_ptr<const CompiledPolicy>& Policy::compiled() const {
  return understudy_ ? understudy_->compiled() : impl_->compiled;
}

void Policy::Bind(PolicyContext context) {
  if (understudy_) [[unlikely]]
    return understudy_->Bind(std::move(context));
  Capabilities both = Capabilities::None();
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    const auto capability = static_cast<Capability>(i);
    const bool asked = impl_->manifest->capabilities.Has(capability);
    if (asked && context.granted.Has(capability)) both.Add(capability);
  }
  context.granted = both;
  impl_->runtime.context = std::move(context);
  impl_->runtime.loading = false;
}

Turn Policy::Start(Task task, EntryPoint entry, const Arguments& arguments, const Cause& cause,
                   Instant deadline) {
  if (understudy_) [[unlikely]]
    return understudy_->Start(task, entry, arguments, cause, deadline);
  if (impl_->sandbox.killed()) return impl_->Killed(entry);
  if (!impl_->entry_points.test(static_cast<std::size_t>(entry))) return Verdict{};
  // Read once, when the body begins. Nothing here touches the turn again: moving one costs.
  impl_->runtime.arguments = &arguments;
  impl_->runtime.cause = &cause;
  return impl_->Begin(task, entry, deadline, &EntryBody);
}

Turn Policy::StartWatch(Task task) {
  if (understudy_) [[unlikely]]
    return understudy_->StartWatch(task);
  assert(IsWatch(task));
  if (dead()) return impl_->Killed(EntryPoint::kOnline);
  return impl_->Begin(task, EntryPoint::kOnline, kNoDeadline, &WatchBody);
}

Turn Policy::Resume(Task task, const Reply& reply) {
  if (understudy_) [[unlikely]]
    return understudy_->Resume(task, reply);
  if (impl_->sandbox.killed()) return impl_->Killed(impl_->state(task).entry);
  assert(Running(task));
  impl_->runtime.reply = &reply;
  return impl_->Run(task);
}

void Policy::Cancel(Task task) {
  if (understudy_) [[unlikely]]
    return understudy_->Cancel(task);
  if (dead()) return;
  if (Running(task)) impl_->Forget(task);
  impl_->state(task).running = false;
  impl_->runtime.ClosedAllOf(task);
}

bool Policy::Running(Task task) const {
  return understudy_ ? understudy_->Running(task) : impl_->state(task).running;
}

std::string Policy::Where(Task task) const {
  if (understudy_) [[unlikely]]
    return understudy_->Where(task);
  if (dead() || !Running(task)) return "";
  return PrintableLine(tidegate::Where(impl_->thread(task)), limits::kReasonBytes);
}
Task Policy::latest() const { return understudy_ ? understudy_->latest() : impl_->runtime.task; }

bool Policy::dead() const { return understudy_ ? understudy_->dead() : impl_->sandbox.killed(); }

Policy::Usage Policy::usage() const {
  if (understudy_) [[unlikely]]
    return {};
  const Sandbox& sandbox = impl_->sandbox;
  return {sandbox.arena().footprint(), sandbox.arena().peak(), sandbox.fuel_spent()};
}

Result<std::string> Policy::ExportState() {
  if (understudy_) [[unlikely]]
    return understudy_->ExportState();
  if (dead()) return Error{ErrorCode::kInvalidState, "", "the sandbox is gone"};
  lua_State* L = impl_->sandbox.state();
  // Most policies keep no state, and are asked after every entry point.
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kState);
  lua_pushnil(L);
  const bool empty = lua_next(L, -2) == 0;
  lua_settop(L, 0);
  if (empty) return std::string("{}");
  Result<std::string> text = ExportTable(impl_->sandbox, slot::kState, "state");
  if (dead()) impl_->sandbox.Drop();
  return text;
}

Outcome Policy::ImportState(std::string_view json) {
  if (understudy_) [[unlikely]]
    return understudy_->ImportState(json);
  if (dead()) return Error{ErrorCode::kInvalidState, "", "the sandbox is gone"};
  Outcome outcome = ImportTable(impl_->sandbox, slot::kState, "state", json);
  if (dead()) impl_->sandbox.Drop();
  return outcome;
}

void Policy::FillLibraries() {
  if (impl_ != nullptr && !dead()) (void)impl_->sandbox.Call(&tidegate::FillLibraries);
}

std::optional<Policy::Memory> Policy::Remember() const {
  if (dead() || !impl_->image) return std::nullopt;
  int ok = 0;
  const tidegate_memory lua = tidegate_remember(impl_->sandbox.state(), &ok);
  if (ok == 0) return std::nullopt;
  Digest digest;
  digest.Add(lua.digest);
  for (const TaskState& task : impl_->runtime.tasks) {
    digest.Add(task.running ? 1 + static_cast<std::uint64_t>(task.entry) : 0);
    if (!task.running) continue;
    digest.Add(static_cast<std::uint64_t>(task.deadline.ns));
    if (task.trouble == nullptr) continue;
    digest.Add(task.trouble->raised_at);
    digest.Add(task.trouble->op);
    digest.Add(static_cast<std::uint64_t>(task.trouble->code));
    digest.Add(task.trouble->detail);
  }
  for (const OpenVolume& volume : impl_->runtime.volumes) {
    digest.Add((std::uint64_t{volume.id} << 16) | (std::uint64_t{volume.reaching} << 8) |
               static_cast<std::uint64_t>(volume.task));
  }
  return Memory{digest.value(), lua.handles};
}

}  // namespace tidegate
