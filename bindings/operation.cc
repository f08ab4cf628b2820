// What every operation checks before it waits.
#include "bindings/operation.h"

namespace tidegate {
namespace {

void ComposeNotGranted(Runtime& runtime, std::string_view op, Capability capability) noexcept {
  const std::string name(Name(capability));
  runtime.scratch = std::string(op) + " needs the capability \"" + name + "\", which " +
                    (runtime.manifest->capabilities.Has(capability)
                         ? "this resource is not granted: add " + name + " to its capabilities"
                         : "the policy does not list in its capabilities");
}

}  // namespace

void CheckAllowed(lua_State* L, Runtime& runtime, std::string_view op, Capability capability) {
  if (runtime.loading || !runtime.current().running) {
    Raise(L, "%s: operations are possible in entry points only, not while the policy loads",
          op.data());
  }
  if (runtime.current().entry == EntryPoint::kMigrate) {
    Raise(L, "%s: migrate converts data and performs no operations", op.data());
  }
  if (!runtime.context.granted.Has(capability)) {
    ComposeNotGranted(runtime, op, capability);
    RaiseScratch(L);
  }
  if (lua_isyieldable(L) == 0) {
    Raise(L,
          "%s cannot wait inside a function that Lua's library calls (a comparison of "
          "table.sort, a replacement of gsub, __tostring, a file that require runs)",
          op.data());
  }
}

void NoteOutcome(Runtime& runtime, std::string_view op, const Reply& reply) noexcept {
  TaskState& task = runtime.current();
  if (reply.ok()) {
    if (task.trouble != nullptr && task.trouble->op == op) task.trouble->op = {};
    return;
  }
  Trouble& trouble = task.HasTrouble();
  trouble.op = op;
  trouble.code = reply.code;
  trouble.detail = reply.detail;
}

int Wait(lua_State* L, Runtime& runtime, lua_KFunction answer) {
  lua_settop(L, 0);
  runtime.asked = true;
  return lua_yieldk(L, 0, 0, answer);
}

}  // namespace tidegate
