// WindowsVolumeOperations are the operations on an open volume or disk, by control codes: an
// overload each, in volume_operations.cc and disk_operations.cc.
//
// Threading: any; each blocks its thread until Device answers.
#pragma once

#include "host/core/call.h"
#include "host/env/windows/volumes.h"

namespace tidegate {

struct WindowsVolumeOperations {
  OpenWindowsVolume& open;
  Device& device;

  // What changes the volume.
  Reply operator()(const VolumeLock& op) const;
  Reply operator()(const VolumeUnlock& op) const;
  Reply operator()(const VolumeDismount& op) const;
  Reply operator()(const VolumeMount& op) const;
  Reply operator()(const VolumeOffline& op) const;
  Reply operator()(const VolumeOnline& op) const;
  Reply operator()(const VolumeUpdateProperties& op) const;
  Reply operator()(const VolumePostOnline& op) const;
  Reply operator()(const VolumeSetGptAttribute& op) const;

  // What asks.
  Reply operator()(const VolumeIsOffline& op) const;
  Reply operator()(const VolumeIsMounted& op) const;
  Reply operator()(const VolumeSupportsOnlineOffline& op) const;
  Reply operator()(const VolumeProbe& op) const;
  Reply operator()(const VolumeFlush& op) const;
  Reply operator()(const VolumeIsDirty& op) const;
  Reply operator()(const VolumeExtents& op) const;
  Reply operator()(const VolumeNumber& op) const;
  Reply operator()(const VolumeGetAttributes& op) const;
  Reply operator()(const VolumeIsIoCapable& op) const;
  Reply operator()(const VolumeIsClustered& op) const;
  Reply operator()(const VolumeIsPartition& op) const;
  Reply operator()(const VolumeIsDynamic& op) const;
  Reply operator()(const VolumeIsCsv& op) const;
  Reply operator()(const VolumeFailoverSet& op) const;
  Reply operator()(const VolumeLogicalToPhysical& op) const;
  Reply operator()(const VolumePhysicalToLogical& op) const;
  Reply operator()(const VolumeGptAttribute& op) const;

  // Of the disk.
  Reply operator()(const VolumeVerify& op) const;
  Reply operator()(const VolumeDiskNumber& op) const;
  Reply operator()(const VolumeDiskIsClustered& op) const;
  Reply operator()(const VolumeDiskAttribute& op) const;
  Reply operator()(const VolumeSetDiskAttribute& op) const;
  Reply operator()(const VolumeRegisteredKeys& op) const;
  Reply operator()(const VolumeReservation& op) const;
  Reply operator()(const VolumeRegister& op) const;
  Reply operator()(const VolumeReserve& op) const;
  Reply operator()(const VolumeRelease& op) const;
  Reply operator()(const VolumePreempt& op) const;
  Reply operator()(const VolumeClearReservations& op) const;
  Reply operator()(const VolumeIoctl& op) const;

 private:
  Outcome Changeable() const;  // not a cluster shared volume
  Outcome Do(ControlCode code) const;
};

}  // namespace tidegate
