// DeviceOperations are the operations on a volume that go straight to its device: they pass no
// gate, and no lock or dismount stands in their way.
//
// What Windows has and Linux has not is ERROR_NOT_SUPPORTED. Threading: any.
#pragma once

#include "host/core/call.h"
#include "host/env/linux/device.h"

namespace tidegate {

struct DeviceOperations {
  const Device& device;
  bool offline;

  Reply operator()(const VolumeIsIoCapable& op) const;
  Reply operator()(const VolumeIsClustered& op) const;
  Reply operator()(const VolumeIsPartition& op) const;
  Reply operator()(const VolumeIsDynamic& op) const;
  Reply operator()(const VolumeIsCsv& op) const;
  Reply operator()(const VolumeFailoverSet& op) const;
  Reply operator()(const VolumeUpdateProperties& op) const;
  Reply operator()(const VolumePostOnline& op) const;
  Reply operator()(const VolumeLogicalToPhysical& op) const;
  Reply operator()(const VolumePhysicalToLogical& op) const;
  Reply operator()(const VolumeGptAttribute& op) const;
  Reply operator()(const VolumeSetGptAttribute& op) const;
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
};

}  // namespace tidegate
