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
  runtime.Asks<VolumeClose>().volume = volume;
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
    Bound<VolumeOurs>(),
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
    Bound<VolumeIsIoCapable>(),
    Bound<VolumeIsClustered>(),
    Bound<VolumeIsPartition>(),
    Bound<VolumeIsDynamic>(),
    Bound<VolumeIsCsv>(),
    Bound<VolumeFailoverSet>(),
    Bound<VolumeUpdateProperties>(),
    Bound<VolumePostOnline>(),
    Bound<VolumeLogicalToPhysical>(),
    Bound<VolumePhysicalToLogical>(),
    Bound<VolumeGptAttribute>(),
    Bound<VolumeSetGptAttribute>(),
    Bound<VolumeVerify>(),
    Bound<VolumeDiskNumber>(),
    Bound<VolumeDiskIsClustered>(),
    Bound<VolumeDiskAttribute>(),
    Bound<VolumeSetDiskAttribute>(),
    Bound<VolumeRegisteredKeys>(),
    Bound<VolumeReservation>(),
    Bound<VolumeRegister>(),
    Bound<VolumeReserve>(),
    Bound<VolumeRelease>(),
    Bound<VolumePreempt>(),
    Bound<VolumeClearReservations>(),
    Bound<VolumeIoctl>(),
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

namespace {

void CheckRoom(lua_State* L, const Runtime& runtime, std::string_view op) {
  if (runtime.volumes.size() >= kOpenVolumes) {
    Raise(L, "%s: this resource has %d volumes open already", op.data(),
          static_cast<int>(kOpenVolumes));
  }
}

}  // namespace

void Admit(lua_State* L, Runtime& runtime, const VolumeOpen& op) {
  CheckRoom(L, runtime, op.Info().name);
}
void Admit(lua_State* L, Runtime& runtime, const VolumeOurs& op) {
  CheckRoom(L, runtime, op.Info().name);
}

void Admit(lua_State* L, Runtime& runtime, const VolumeDismount& op) {
  if (op.force) CheckAllowed(L, runtime, "volume.dismount{force=true}", Capability::kVolumeForce);
}

namespace {

void CheckKind(lua_State* L, std::string_view op, std::string_view kind) {
  if (ReservationKindNamed(kind)) return;
  Raise(L,
        "%s: kind must be write_exclusive, exclusive, write_exclusive_registrants or "
        "exclusive_registrants",
        op.data());
}

void CheckKey(lua_State* L, std::string_view op, std::string_view name, std::int64_t key) {
  if (key == 0) Raise(L, "%s: %s must not be 0", op.data(), name.data());
}

}  // namespace

void Admit(lua_State* L, Runtime&, const VolumeReserve& op) {
  CheckKey(L, op.Info().name, "key", op.key);
  CheckKind(L, op.Info().name, op.kind);
}
void Admit(lua_State* L, Runtime&, const VolumeRelease& op) {
  CheckKey(L, op.Info().name, "key", op.key);
  CheckKind(L, op.Info().name, op.kind);
}
void Admit(lua_State* L, Runtime&, const VolumePreempt& op) {
  CheckKey(L, op.Info().name, "key", op.key);
  CheckKey(L, op.Info().name, "victim", op.victim);
  CheckKind(L, op.Info().name, op.kind);
}
void Admit(lua_State* L, Runtime&, const VolumeIoctl& op) {
  if (op.code < 0 || op.code > UINT32_MAX) Raise(L, "volume.ioctl: code must be 32 bits");
  if (op.size < 0 || op.size > static_cast<std::int64_t>(limits::kIoctlBytes)) {
    Raise(L, "volume.ioctl: size must be 0 to %d", static_cast<int>(limits::kIoctlBytes));
  }
}

// Closed from the moment that the policy asks for it: whatever the reply, the handle is spent.
void Admit(lua_State*, Runtime& runtime, const VolumeClose& op) { runtime.Closed(op.volume); }

}  // namespace tidegate
