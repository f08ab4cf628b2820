// volume: open volumes and everything that can be asked of them.
#include "bindings/handle.h"
#include "bindings/operation.h"
#include "bindings/tables.h"

namespace tidegate {
namespace {

// A policy that loses its handles would fill the host's table of open files.
constexpr std::size_t kOpenVolumes = 64;

const HeldVolume& Held(lua_State* L) {
  return *static_cast<const HeldVolume*>(luaL_checkudata(L, 1, kVolumeMeta));
}

int VolumeText(lua_State* L) noexcept {
  lua_pushfstring(L, "volume %d", static_cast<int>(Held(L).volume.id));
  return 1;
}

int Closed(lua_State*, int, lua_KContext) noexcept { return 0; }

// Leaving a `local vol <close>`. Where waiting is impossible the host closes the volume itself, as
// it does with everything that a task leaves open.
int CloseVolume(lua_State* L) noexcept {
  Runtime& runtime = Runtime::Of(L);
  const VolumeHandle volume = Held(L).volume;
  const OpenVolume* open = runtime.FindVolume(volume.id);
  if (open == nullptr || open->task != runtime.task || lua_isyieldable(L) == 0) return 0;
  runtime.call.emplace<VolumeClose>().volume = volume;
  runtime.Closed(volume);
  return Wait(L, runtime, &Closed);
}

void PushVolumeMeta(lua_State* L) {
  if (luaL_newmetatable(L, kVolumeMeta) == 0) return;
  SetField(L, "__metatable", false);
  Push(L, "__tostring");
  lua_pushcfunction(L, &VolumeText);
  lua_rawset(L, -3);
  Push(L, "__close");
  lua_pushcfunction(L, &CloseVolume);
  lua_rawset(L, -3);
  // The functions of `volume` are the methods: the very table that `require` answered, for there is
  // no other way to a volume.
  Push(L, "__index");
  lua_rawgeti(L, LUA_REGISTRYINDEX, slot::kLoaded);
  GetField(L, -1, "volume");
  lua_remove(L, -2);
  lua_rawset(L, -3);
}

constexpr Function kFunctions[] = {
    Bound<VolumeOpen>(),
    Bound<VolumeClose>(),
    Bound<VolumeLock>(),
    Bound<VolumeUnlock>(),
    Bound<VolumeDismount>(),
    Bound<VolumeMount>(),
    Bound<VolumeIsMounted>(),
    Bound<VolumeOffline>(),
    Bound<VolumeOnline>(),
    Bound<VolumeIsOffline>(),
    Bound<VolumeSupportsOnlineOffline>(),
    Bound<VolumeProbe>(),
    Bound<VolumeFlush>(),
    Bound<VolumeIsDirty>(),
    Bound<VolumeExtents>(),
    Bound<VolumeNumber>(),
    Bound<VolumeGetAttributes>(),
};
constexpr Library kLibrary = {"volume", kFunctions};

}  // namespace

const Library& VolumeLibrary() { return kLibrary; }

void PushAnswer(lua_State* L, VolumeHandle volume) {
  auto* held = static_cast<HeldVolume*>(lua_newuserdatauv(L, sizeof(HeldVolume), 0));
  held->volume = volume;
  PushVolumeMeta(L);
  lua_setmetatable(L, -2);
  Runtime::Of(L).Opened(volume);
}

void Admit(lua_State* L, Runtime& runtime, const VolumeOpen&) {
  if (runtime.volumes.size() >= kOpenVolumes) {
    Raise(L, "volume.open: this resource has %d volumes open already",
          static_cast<int>(kOpenVolumes));
  }
}

void Admit(lua_State* L, Runtime& runtime, const VolumeDismount& op) {
  if (op.force) CheckAllowed(L, runtime, "volume.dismount{force=true}", Capability::kVolumeForce);
}

// Closed from the moment that the policy asks for it: whatever the reply, the handle is spent.
void Admit(lua_State*, Runtime& runtime, const VolumeClose& op) { runtime.Closed(op.volume); }

}  // namespace tidegate
