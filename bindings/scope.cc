// What an operation reaches, and what the pack said.
//
// How many patterns there are, and how long they are, is the pack's to say; how often they are
// asked for, and about how long a text, the policy's. So each is paid for before it is matched.
#include "bindings/scope.h"

#include "host/core/line.h"

namespace tidegate {
namespace {

// A pattern of eight words and a path of 4 KiB take 25 us, at 45 ns a fuel.
constexpr std::size_t kPatternFuel = 2;
constexpr std::size_t kLettersOfOneFuel = 8;
// What a refusal says: all the patterns of a capability, shortened.
constexpr std::size_t kRefusalFuel = 256;

constexpr bool IsAboutVolumes(Capability c) {
  return c != Capability::kTimer && c != Capability::kCluster && c != Capability::kStore;
}

bool FitsAny(lua_State* L, const Runtime& runtime, const Patterns& patterns,
             std::string_view what) {
  for (const std::string& pattern : patterns) {
    lua_charge(L, kPatternFuel + (pattern.size() + what.size()) / kLettersOfOneFuel);
    if (FitsScope(pattern, what, runtime.context.properties)) return true;
  }
  return false;
}

bool Reaches(lua_State* L, const Runtime& runtime, Capability capability, std::string_view what) {
  const std::optional<Patterns>& scope = runtime.compiled->permissions()->Of(capability);
  return scope && FitsAny(L, runtime, *scope, what);
}

void Compose(Runtime& runtime, std::string_view op, std::string_view capability,
             const Patterns& patterns, std::string_view what) noexcept {
  runtime.scratch = std::string(op) + ": the pack " + runtime.compiled->permissions()->pack +
                    " has the capability \"" + std::string(capability) + "\" for " +
                    PrintableLine(Text(patterns), limits::kReasonBytes) + " only, not for " +
                    PrintableLine(what, limits::kReasonBytes);
}

void ComposeNone(Runtime& runtime, std::string_view op, std::string_view capability) noexcept {
  runtime.scratch = std::string(op) + ": the pack " + runtime.compiled->permissions()->pack +
                    " does not ask for the capability \"" + std::string(capability) + "\"";
}

void Refuse(lua_State* L, Runtime& runtime, std::string_view op, Capability capability,
            std::string_view what) {
  lua_charge(L, kRefusalFuel);
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
  if (!Reaches(L, runtime, Capability::kVolume, path)) {
    Refuse(L, runtime, op, Capability::kVolume, path);
  }
  std::uint8_t reaching = 0;
  static_assert(kCapabilityNames.size() <= 8);
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    const auto capability = static_cast<Capability>(i);
    if (!IsAboutVolumes(capability)) continue;
    if (capability == Capability::kVolume || Reaches(L, runtime, capability, path)) {
      reaching = static_cast<std::uint8_t>(reaching | (1u << i));
    }
  }
  // Kept for the handle: the operations on it do not say again what it is of.
  runtime.current().opening = reaching;
}

void CheckOpened(lua_State* L, Runtime& runtime, std::string_view op, Capability capability,
                 VolumeHandle volume) {
  const OpenVolume* open = runtime.FindVolume(volume.id);
  if (open != nullptr && (open->reaching & (1u << static_cast<int>(capability))) != 0) return;
  Refuse(L, runtime, op, capability, "this volume");
}

void CheckMountPoint(lua_State* L, Runtime& runtime, std::string_view op,
                     const std::string& where) {
  const Patterns& mount_points = runtime.compiled->permissions()->mount_points;
  if (FitsAny(L, runtime, mount_points, where)) return;
  lua_charge(L, kRefusalFuel);
  Compose(runtime, op, "mount_points", mount_points, where);
  RaiseScratch(L);
}

void CheckStoreKey(lua_State* L, Runtime& runtime, std::string_view op, const std::string& key) {
  if (Reaches(L, runtime, Capability::kStore, key)) return;
  Refuse(L, runtime, op, Capability::kStore, key);
}

}  // namespace tidegate
