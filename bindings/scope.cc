// What an operation reaches, and what the pack said.
#include "bindings/scope.h"

namespace tidegate {
namespace {

void Compose(Runtime& runtime, std::string_view op, std::string_view capability,
             const Patterns& patterns, std::string_view what) noexcept {
  runtime.scratch = std::string(op) + ": the pack " + runtime.compiled->permissions()->pack +
                    " has the capability \"" + std::string(capability) + "\" for " +
                    Text(patterns) + " only, not for " + std::string(what);
}

void ComposeNone(Runtime& runtime, std::string_view op, std::string_view capability) noexcept {
  runtime.scratch = std::string(op) + ": the pack " + runtime.compiled->permissions()->pack +
                    " does not ask for the capability \"" + std::string(capability) + "\"";
}

void Refuse(lua_State* L, Runtime& runtime, std::string_view op, Capability capability,
            std::string_view what) {
  const std::optional<Patterns>& scope = runtime.compiled->permissions()->Of(capability);
  if (scope) {
    Compose(runtime, op, Name(capability), *scope, what);
  } else {
    ComposeNone(runtime, op, Name(capability));
  }
  RaiseScratch(L);
}

}  // namespace

void CheckOpen(lua_State* L, Runtime& runtime, std::string_view op, const std::string& path) {
  const Permissions& permissions = *runtime.compiled->permissions();
  const std::uint8_t reaching = permissions.Reaching(path, runtime.context.properties);
  // Kept for the handle: the operations on it do not say again what it is of.
  runtime.current().opening = reaching;
  if ((reaching & (1u << static_cast<int>(Capability::kVolume))) != 0) return;
  Refuse(L, runtime, op, Capability::kVolume, path);
}

void CheckOpened(lua_State* L, Runtime& runtime, std::string_view op, Capability capability,
                 VolumeHandle volume) {
  const OpenVolume* open = runtime.FindVolume(volume.id);
  if (open != nullptr && (open->reaching & (1u << static_cast<int>(capability))) != 0) return;
  Refuse(L, runtime, op, capability, "this volume");
}

void CheckMountPoint(lua_State* L, Runtime& runtime, std::string_view op,
                     const std::string& where) {
  const Permissions& permissions = *runtime.compiled->permissions();
  if (permissions.MayMountAt(where, runtime.context.properties)) return;
  Compose(runtime, op, "mount_points", permissions.mount_points, where);
  RaiseScratch(L);
}

void CheckStoreKey(lua_State* L, Runtime& runtime, std::string_view op, const std::string& key) {
  const Permissions& permissions = *runtime.compiled->permissions();
  if (permissions.Reach(Capability::kStore, key, runtime.context.properties)) return;
  Refuse(L, runtime, op, Capability::kStore, key);
}

}  // namespace tidegate
