// Entry points as coroutines.
#include "host/lua/policy.h"

#include "host/lua/entry_call.h"
#include "host/lua/error_object.h"
#include "host/lua/library_table.h"
#include "host/lua/manifest_reader.h"
#include "host/lua/plain_data.h"
#include "host/lua/printable.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

// Everything of the host's that the policy's chunk may need.
int Furnish(lua_State* L) {
  MakeGlobals(L);
  MakeErrorMetas(L);
  lua_createtable(L, 0, 4);
  lua_rawseti(L, LUA_REGISTRYINDEX, slot::kLoaded);
  lua_createtable(L, 0, 0);
  lua_rawseti(L, LUA_REGISTRYINDEX, slot::kState);
  if (const CFunction push = Runtime::Of(L).compiled->bindings().push_resource) {
    push(L);
  } else {
    lua_createtable(L, 0, 0);
  }
  lua_rawseti(L, LUA_REGISTRYINDEX, slot::kResource);
  return 0;
}

int RunChunk(lua_State* L) {
  Runtime& runtime = Runtime::Of(L);
  const std::string& bytecode = runtime.compiled->main().bytecode;
  if (luaL_loadbufferx(L, bytecode.data(), bytecode.size(), "=?", "b") != LUA_OK)
    return lua_error(L);
  lua_call(L, 0, 1);
  ReadManifest(L, *static_cast<ManifestDraft*>(runtime.job));
  return 0;
}

int MakeThread(lua_State* L) {
  Runtime& runtime = Runtime::Of(L);
  *static_cast<lua_State**>(runtime.job) = lua_newthread(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, slot::kThreads + static_cast<int>(runtime.task));
  return 0;
}

std::string Lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

}  // namespace

struct Policy::Impl {
  Impl(std::shared_ptr<const CompiledPolicy> of, const SandboxLimits& limits, PolicyHost& host)
      : compiled(std::move(of)), sandbox(limits, &host) {
    runtime.sandbox = &sandbox;
    runtime.host = &host;
    runtime.compiled = compiled.get();
    runtime.manifest = &manifest;
    sandbox.runtime = &runtime;
  }

  TaskState& state(Task task) { return runtime.tasks[static_cast<std::size_t>(task)]; }
  lua_State*& thread(Task task) { return threads[static_cast<std::size_t>(task)]; }

  Outcome Load();
  Turn Begin(Task task, EntryPoint entry, Instant deadline, CFunction body);
  Turn Run(Task task);
  Turn Ended(Task task, int status);
  Verdict Killed(EntryPoint entry);
  void Forget(Task task);

  std::shared_ptr<const CompiledPolicy> compiled;
  Manifest manifest;
  Runtime runtime;
  Sandbox sandbox;
  std::array<lua_State*, kTasks> threads{};
};

Outcome Policy::Impl::Load() {
  ManifestDraft draft;
  draft.manifest.name = compiled->name();
  draft.manifest.digest = compiled->digest();
  runtime.job = &draft;
  const bool loaded =
      sandbox.state() != nullptr && sandbox.Call(&Furnish) && sandbox.Call(&RunChunk);
  runtime.job = nullptr;
  if (!loaded) {
    std::string problem = sandbox.state() == nullptr
                              ? "no memory to begin with"
                              : Printable(sandbox.error(), limits::kReasonBytes);
    if (!problem.starts_with(compiled->name() + ":")) problem = compiled->name() + ": " + problem;
    return Error{ErrorCode::kInvalidData, "", std::move(problem)};
  }
  if (!draft.problems.empty()) return Error{ErrorCode::kInvalidData, "", Lines(draft.problems)};
  manifest = std::move(draft.manifest);
  // Loading leaves garbage that an idle sandbox would keep for a long time.
  lua_gc(sandbox.state(), LUA_GCCOLLECT);
  return Ok();
}

Turn Policy::Impl::Begin(Task task, EntryPoint entry, Instant deadline, CFunction body) {
  TaskState& begun = state(task);
  assert(!begun.running);
  begun.entry = entry;
  begun.deadline = deadline;
  begun.raised_at.clear();
  runtime.task = task;
  if (thread(task) == nullptr) {
    runtime.job = &thread(task);
    sandbox.Call(&MakeThread);
    runtime.job = nullptr;
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
  if (!sandbox.killed() && !sandbox.cancelled() && status == LUA_YIELD && runtime.asked) {
    return std::move(runtime.call);
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
  cause.where = Printable(sandbox.kill_where(), limits::kReasonBytes);
  cause.message = sandbox.kill_message();
  for (TaskState& task : runtime.tasks) task.running = false;
  threads.fill(nullptr);
  runtime.volumes.clear();
  sandbox.Drop();
  return {false, std::move(cause)};
}

void Policy::Impl::Forget(Task task) {
  lua_pushnil(sandbox.state());
  lua_rawseti(sandbox.state(), LUA_REGISTRYINDEX, slot::kThreads + static_cast<int>(task));
  thread(task) = nullptr;
}

Policy::Policy(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Policy::~Policy() = default;

Result<std::unique_ptr<Policy>> Policy::Create(std::shared_ptr<const CompiledPolicy> compiled,
                                               const SandboxLimits& limits, PolicyHost& host) {
  auto impl = std::make_unique<Impl>(std::move(compiled), limits, host);
  if (const Outcome loaded = impl->Load(); !loaded) return loaded.error();
  return std::unique_ptr<Policy>(new Policy(std::move(impl)));
}

const Manifest& Policy::manifest() const { return impl_->manifest; }
const std::shared_ptr<const CompiledPolicy>& Policy::compiled() const { return impl_->compiled; }

void Policy::Bind(PolicyContext context) {
  Capabilities both = Capabilities::None();
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    const auto capability = static_cast<Capability>(i);
    const bool asked = impl_->manifest.capabilities.Has(capability);
    if (asked && context.granted.Has(capability)) both.Add(capability);
  }
  context.granted = both;
  impl_->runtime.context = std::move(context);
  impl_->runtime.loading = false;
}

Turn Policy::Start(Task task, EntryPoint entry, const Arguments& arguments, const Cause& cause,
                   Instant deadline) {
  if (dead()) return impl_->Killed(entry);
  if (!impl_->manifest.Has(entry)) return Verdict{};
  impl_->runtime.arguments = &arguments;
  impl_->runtime.cause = &cause;
  Turn turn = impl_->Begin(task, entry, deadline, &EntryBody);
  impl_->runtime.arguments = nullptr;
  impl_->runtime.cause = nullptr;
  return turn;
}

Turn Policy::StartWatch(Task task) {
  assert(IsWatch(task));
  if (dead()) return impl_->Killed(EntryPoint::kOnline);
  return impl_->Begin(task, EntryPoint::kOnline, kNoDeadline, &WatchBody);
}

Turn Policy::Resume(Task task, const Reply& reply) {
  if (dead()) return impl_->Killed(impl_->state(task).entry);
  assert(Running(task));
  impl_->runtime.reply = &reply;
  Turn turn = impl_->Run(task);
  impl_->runtime.reply = nullptr;
  return turn;
}

void Policy::Cancel(Task task) {
  if (dead()) return;
  if (Running(task)) impl_->Forget(task);
  impl_->state(task).running = false;
  impl_->runtime.ClosedAllOf(task);
}

bool Policy::Running(Task task) const { return impl_->state(task).running; }
bool Policy::dead() const { return impl_->sandbox.killed(); }

Policy::Usage Policy::usage() const {
  const Sandbox& sandbox = impl_->sandbox;
  return {sandbox.arena().footprint(), sandbox.arena().peak(), sandbox.fuel_spent()};
}

Result<std::string> Policy::ExportState() {
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
  if (dead()) return Error{ErrorCode::kInvalidState, "", "the sandbox is gone"};
  Outcome outcome = ImportTable(impl_->sandbox, slot::kState, "state", json);
  if (dead()) impl_->sandbox.Drop();
  return outcome;
}

}  // namespace tidegate
