// Questions and commands for devices.
#include "host/env/linux/device_operations.h"

#include <cerrno>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "host/env/linux/errno_map.h"
#include "host/env/linux/reservation.h"

namespace tidegate {
namespace {

Reply Answer(const Error& error) { return Failure(error.code, error.detail); }

template <class T>
Reply Answer(const Result<T>& result) {
  return result ? Success(Value(*result)) : Answer(result.error());
}

Reply NotHere(std::string_view what) {
  return Failure(ErrorCode::kNotSupported, "Linux has no " + std::string(what));
}

ReservationKind KindOf(const std::string& name) {
  return ReservationKindNamed(name).value_or(ReservationKind::kWriteExclusiveRegistrants);
}

// The only extent, or why there is no telling.
Result<Extent> WholeOf(const Device& device) {
  const Result<Extents> extents = device.Where();
  if (!extents) return extents.error();
  if (extents->size() == 1) return extents->front();
  return Error{ErrorCode::kNotSupported, "", "it does not lie in one piece"};
}

template <class Body>
Reply OnDisk(const Device& device, Body body) {
  const Result<Fd> fd = device.OpenForCommands();
  return fd ? Answer(body(fd->get())) : Answer(fd.error());
}

}  // namespace

Reply DeviceOperations::operator()(const VolumeIsIoCapable&) const {
  return Success(!offline && device.Measure().ok());
}
Reply DeviceOperations::operator()(const VolumeIsClustered&) const {
  return NotHere("cluster that has disks as resources");
}
Reply DeviceOperations::operator()(const VolumeDiskIsClustered&) const {
  return NotHere("cluster that has disks as resources");
}
Reply DeviceOperations::operator()(const VolumeIsPartition&) const {
  return Success(device.IsPartition());
}
Reply DeviceOperations::operator()(const VolumeIsDynamic&) const {
  return Success(device.IsMapped());
}
Reply DeviceOperations::operator()(const VolumeIsCsv&) const { return Success(false); }

Reply DeviceOperations::operator()(const VolumeFailoverSet&) const {
  const Result<Extents> extents = device.Where();
  if (!extents) return Answer(extents.error());
  Numbers disks;
  for (const Extent& extent : *extents) disks.push_back(extent.disk);
  return Success(std::move(disks));
}

// Nothing is remembered, and nobody waits to be told.
Reply DeviceOperations::operator()(const VolumeUpdateProperties&) const { return Success(); }
Reply DeviceOperations::operator()(const VolumePostOnline&) const { return Success(); }

Reply DeviceOperations::operator()(const VolumeLogicalToPhysical& op) const {
  const Result<Extent> whole = WholeOf(device);
  if (!whole) return Answer(whole.error());
  if (op.offset < 0 || op.offset >= whole->length) {
    return Failure(ErrorCode::kInvalidParameter, "outside of the volume");
  }
  return Success(Extents{{whole->disk, whole->offset + op.offset, 0}});
}
Reply DeviceOperations::operator()(const VolumePhysicalToLogical& op) const {
  const Result<Extent> whole = WholeOf(device);
  if (!whole) return Answer(whole.error());
  const std::int64_t logical = op.offset < 0 ? -1 : op.offset - whole->offset;
  if (op.disk != whole->disk || logical < 0 || logical >= whole->length) {
    return Failure(ErrorCode::kInvalidParameter, "outside of the volume");
  }
  return Success(logical);
}

Reply DeviceOperations::operator()(const VolumeGptAttribute&) const {
  return NotHere("attributes of partitions");
}
Reply DeviceOperations::operator()(const VolumeSetGptAttribute&) const {
  return NotHere("attributes of partitions");
}

Reply DeviceOperations::operator()(const VolumeVerify&) const {
  if (offline) return Failure(ErrorCode::kNotReady, "the volume is offline");
  const Result<Geometry> geometry = device.Measure();
  return geometry ? Success() : Answer(geometry.error());
}
Reply DeviceOperations::operator()(const VolumeDiskNumber&) const {
  const Result<Extent> whole = WholeOf(device);
  return whole ? Success(whole->disk) : Answer(whole.error());
}

Reply DeviceOperations::operator()(const VolumeDiskAttribute& op) const {
  if (op.name == "offline") return Success(offline);
  if (op.name != "read_only") return NotHere("disk attribute " + op.name);
  const Result<Geometry> geometry = device.Measure();
  return geometry ? Success(geometry->read_only) : Answer(geometry.error());
}
Reply DeviceOperations::operator()(const VolumeSetDiskAttribute& op) const {
  if (op.name == "offline") {
    return Failure(ErrorCode::kNotSupported, "on Linux that is volume.offline and volume.online");
  }
  if (op.name != "read_only") return NotHere("disk attribute " + op.name);
  if (op.persist) return NotHere("disk attributes that outlive a boot");
  return OnDisk(device, [&](int fd) -> Outcome {
    const int on = op.on ? 1 : 0;
    if (ioctl(fd, BLKROSET, &on) == 0) return Ok();
    return ErrnoError(errno, "BLKROSET");
  });
}

Reply DeviceOperations::operator()(const VolumeRegisteredKeys&) const {
  return OnDisk(device, [](int fd) { return RegisteredKeys(fd); });
}
Reply DeviceOperations::operator()(const VolumeReservation&) const {
  return OnDisk(device, [](int fd) { return ReadReservation(fd); });
}
Reply DeviceOperations::operator()(const VolumeRegister& op) const {
  return OnDisk(device, [&](int fd) { return RegisterKey(fd, op.key); });
}
Reply DeviceOperations::operator()(const VolumeReserve& op) const {
  return OnDisk(device, [&](int fd) { return Reserve(fd, op.key, KindOf(op.kind)); });
}
Reply DeviceOperations::operator()(const VolumeRelease& op) const {
  return OnDisk(device, [&](int fd) { return ReleaseReservation(fd, op.key, KindOf(op.kind)); });
}
Reply DeviceOperations::operator()(const VolumePreempt& op) const {
  return OnDisk(device,
                [&](int fd) { return Preempt(fd, op.key, op.victim, KindOf(op.kind), op.abort); });
}
Reply DeviceOperations::operator()(const VolumeClearReservations& op) const {
  return OnDisk(device, [&](int fd) { return ClearReservations(fd, op.key); });
}

Reply DeviceOperations::operator()(const VolumeIoctl&) const {
  return NotHere("control codes of Windows");
}

}  // namespace tidegate
