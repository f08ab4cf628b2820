// Persistent reservations of a Linux block device: the block layer's PR ioctls, and SCSI commands
// for what those cannot ask.
//
// Sources: linux/pr.h; Documentation/block/pr.rst; SCSI Primary Commands, PERSISTENT RESERVE IN.
// Threading: any; each blocks for as long as the disk does.
#pragma once

#include "host/core/result.h"
#include "host/core/value.h"

namespace tidegate {

Result<Numbers> RegisteredKeys(int fd);
Result<Reservation> ReadReservation(int fd);

// ERROR_BUSY: a reservation conflict.
Outcome RegisterKey(int fd, std::int64_t key);
Outcome Reserve(int fd, std::int64_t key, ReservationKind kind);
Outcome ReleaseReservation(int fd, std::int64_t key, ReservationKind kind);
Outcome Preempt(int fd, std::int64_t key, std::int64_t victim, ReservationKind kind, bool abort);
Outcome ClearReservations(int fd, std::int64_t key);

}  // namespace tidegate
