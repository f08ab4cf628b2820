// Furnishing, running the chunk, reading its manifest.
#include "host/lua/load.h"

#include "host/core/line.h"
#include "host/lua/error_object.h"
#include "host/lua/inside.h"
#include "host/lua/library_table.h"
#include "host/lua/manifest_reader.h"
#include "host/lua/stack.h"

namespace tidegate {
namespace {

int RunChunk(lua_State* L) {
  Runtime& runtime = Runtime::Of(L);
  const std::string& bytecode = runtime.compiled->main().bytecode;
  if (luaL_loadbufferx(L, bytecode.data(), bytecode.size(), "=?", "b") != LUA_OK)
    return lua_error(L);
  lua_call(L, 0, 1);
  ReadManifest(L, *static_cast<ManifestDraft*>(runtime.job));
  return 0;
}

struct ThreadJob {
  Task task;
  lua_State* made;
};

int PushThread(lua_State* L) {
  auto& job = *static_cast<ThreadJob*>(Runtime::Of(L).job);
  job.made = lua_newthread(L);
  lua_rawseti(L, LUA_REGISTRYINDEX, slot::kThreads + static_cast<int>(job.task));
  return 0;
}

std::string Lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

Error Failed(const Sandbox& sandbox, const std::string& name) {
  std::string problem = sandbox.state() == nullptr
                            ? "no memory to begin with"
                            : PrintableLine(sandbox.error(), limits::kReasonBytes);
  if (!problem.starts_with(name + ":")) problem = name + ": " + problem;
  return {ErrorCode::kInvalidData, "", std::move(problem)};
}

}  // namespace

int Furnish(lua_State* L) {
  tidegate_seal(L);
  // Filled in order, the slots stay in the registry's array, where they are found the fastest.
  for (int slot = slot::kFirst; slot < slot::kPolicyEnd; ++slot) {
    Push(L, false);
    lua_rawseti(L, LUA_REGISTRYINDEX, slot);
  }
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

Outcome Load(Sandbox& sandbox, Manifest& manifest) {
  Runtime& runtime = *sandbox.runtime;
  const std::string& name = runtime.compiled->name();
  ManifestDraft draft;
  draft.manifest.name = name;
  draft.manifest.digest = runtime.compiled->digest();
  runtime.job = &draft;
  const bool loaded =
      sandbox.state() != nullptr && sandbox.Call(&Furnish) && sandbox.Call(&RunChunk);
  runtime.job = nullptr;
  if (!loaded) return Failed(sandbox, name);
  if (!draft.problems.empty()) return Error{ErrorCode::kInvalidData, "", Lines(draft.problems)};
  if (MakeThread(sandbox, Task::kEntry) == nullptr) return Failed(sandbox, name);
  manifest = std::move(draft.manifest);
  // Loading leaves garbage that an idle sandbox would keep for a long time.
  lua_gc(sandbox.state(), LUA_GCCOLLECT);
  return Ok();
}

lua_State* MakeThread(Sandbox& sandbox, Task task) {
  ThreadJob job{task, nullptr};
  sandbox.runtime->job = &job;
  const bool made = sandbox.Call(&PushThread);
  sandbox.runtime->job = nullptr;
  return made ? job.made : nullptr;
}

}  // namespace tidegate
