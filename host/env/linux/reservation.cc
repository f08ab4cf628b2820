// Reservations by ioctl.
#include "host/env/linux/reservation.h"

#include <array>
#include <cerrno>
#include <linux/pr.h>
#include <scsi/sg.h>
#include <span>
#include <sys/ioctl.h>

#include "host/env/linux/errno_map.h"

namespace tidegate {
namespace {

// Statuses and sense keys of SCSI; the kernel has no header of them for programs.
constexpr int kCheckCondition = 0x02;
constexpr int kReservationConflict = 0x18;
constexpr unsigned char kNotReadyKey = 2;
constexpr unsigned char kIllegalRequest = 5;
constexpr unsigned char kUnitAttention = 6;
constexpr unsigned char kPersistentReserveIn = 0x5e;
constexpr unsigned kCommandMilliseconds = 20'000;
// A disk says once, in place of an answer, that something happened to it: a preemption, a reset.
constexpr int kAttentions = 4;

enum class Ask : unsigned char { kKeys = 0, kReservation = 1 };

Error Conflict() { return {ErrorCode::kBusy, "", "reservation conflict"}; }

// A PR ioctl answers -1, or a SCSI status in its lowest byte.
Outcome Command(int fd, unsigned long request, const void* argument, const char* name) {
  const int result = ioctl(fd, request, argument);
  if (result == 0) return Ok();
  if (result < 0 && errno == EINVAL) return ErrnoError(ErrorCode::kNotSupported, errno, name);
  if (result < 0) return ErrnoError(errno, name);
  const int status = result & 0xff;
  if (status == kReservationConflict) return Conflict();
  return Error{status == kCheckCondition ? ErrorCode::kNotSupported : ErrorCode::kIoDevice, "",
               std::string(name) + ": SCSI status " + std::to_string(status)};
}

std::uint64_t BigEndian(std::span<const unsigned char> bytes) {
  std::uint64_t n = 0;
  for (const unsigned char byte : bytes) n = n << 8 | byte;
  return n;
}

struct Ended {
  int errno_of = 0;  // of the ioctl
  sg_io_hdr io{};
  unsigned char sense_key = 0;
};

Ended ReserveIn(int fd, Ask what, std::span<unsigned char> answer) {
  std::array<unsigned char, 10> command{kPersistentReserveIn, static_cast<unsigned char>(what)};
  command[7] = static_cast<unsigned char>(answer.size() >> 8);
  command[8] = static_cast<unsigned char>(answer.size());
  std::array<unsigned char, 32> sense{};
  Ended ended;
  ended.io.interface_id = 'S';
  ended.io.dxfer_direction = SG_DXFER_FROM_DEV;
  ended.io.cmd_len = command.size();
  ended.io.cmdp = command.data();
  ended.io.mx_sb_len = sense.size();
  ended.io.sbp = sense.data();
  ended.io.dxfer_len = static_cast<unsigned>(answer.size());
  ended.io.dxferp = answer.data();
  ended.io.timeout = kCommandMilliseconds;
  if (ioctl(fd, SG_IO, &ended.io) != 0) ended.errno_of = errno;
  // Fixed sense data has the key in byte 2, descriptor sense data in byte 1.
  if (ended.io.status == kCheckCondition) {
    ended.sense_key = ((sense[0] & 0x7e) == 0x72 ? sense[1] : sense[2]) & 15;
  }
  return ended;
}

// How many bytes of `answer` mean something.
Result<std::size_t> Read(int fd, Ask what, std::span<unsigned char> answer) {
  Ended ended = ReserveIn(fd, what, answer);
  for (int n = 0; n < kAttentions && ended.sense_key == kUnitAttention; ++n) {
    ended = ReserveIn(fd, what, answer);
  }
  const char* name = "PERSISTENT RESERVE IN";
  if (ended.errno_of == EINVAL || ended.errno_of == ENOTTY) {
    return ErrnoError(ErrorCode::kNotSupported, ended.errno_of, name);
  }
  if (ended.errno_of != 0) return ErrnoError(ended.errno_of, name);
  if (ended.io.status == kReservationConflict) return Conflict();
  if (ended.io.status != 0 || ended.io.host_status != 0) {
    ErrorCode code = ErrorCode::kIoDevice;
    if (ended.sense_key == kIllegalRequest) code = ErrorCode::kNotSupported;
    if (ended.sense_key == kNotReadyKey) code = ErrorCode::kNotReady;
    return Error{code, "",
                 std::string(name) + ": SCSI status " + std::to_string(ended.io.status) +
                     ", host status " + std::to_string(ended.io.host_status)};
  }
  constexpr std::size_t kHeader = 8;
  const std::size_t got = answer.size() - static_cast<std::size_t>(ended.io.resid);
  if (got < kHeader) return Error{ErrorCode::kIoDevice, "", std::string(name) + ": no answer"};
  return std::min(got, kHeader + BigEndian(answer.subspan(4, 4)));
}

pr_type TypeOf(ReservationKind kind) {
  switch (kind) {
    case ReservationKind::kWriteExclusive:
      return PR_WRITE_EXCLUSIVE;
    case ReservationKind::kExclusive:
      return PR_EXCLUSIVE_ACCESS;
    case ReservationKind::kExclusiveRegistrants:
      return PR_EXCLUSIVE_ACCESS_REG_ONLY;
    default:
      return PR_WRITE_EXCLUSIVE_REG_ONLY;
  }
}

std::uint64_t Key(std::int64_t key) { return static_cast<std::uint64_t>(key); }

}  // namespace

Result<Numbers> RegisteredKeys(int fd) {
  std::array<unsigned char, 4096> answer{};
  const Result<std::size_t> size = Read(fd, Ask::kKeys, answer);
  if (!size) return size.error();
  Numbers keys;
  for (std::size_t at = 8; at + 8 <= *size; at += 8) {
    keys.push_back(static_cast<std::int64_t>(BigEndian(std::span(answer).subspan(at, 8))));
  }
  return keys;
}

Result<Reservation> ReadReservation(int fd) {
  std::array<unsigned char, 256> answer{};
  const Result<std::size_t> size = Read(fd, Ask::kReservation, answer);
  if (!size) return size.error();
  if (*size < 24) return Reservation{};
  return Reservation{static_cast<std::int64_t>(BigEndian(std::span(answer).subspan(8, 8))),
                     std::string(Name(static_cast<ReservationKind>(answer[21] & 15)))};
}

Outcome RegisterKey(int fd, std::int64_t key) {
  const pr_registration command{0, Key(key), PR_FL_IGNORE_KEY, 0};
  return Command(fd, IOC_PR_REGISTER, &command, "IOC_PR_REGISTER");
}

Outcome Reserve(int fd, std::int64_t key, ReservationKind kind) {
  const pr_reservation command{Key(key), TypeOf(kind), 0};
  return Command(fd, IOC_PR_RESERVE, &command, "IOC_PR_RESERVE");
}

Outcome ReleaseReservation(int fd, std::int64_t key, ReservationKind kind) {
  const pr_reservation command{Key(key), TypeOf(kind), 0};
  return Command(fd, IOC_PR_RELEASE, &command, "IOC_PR_RELEASE");
}

Outcome Preempt(int fd, std::int64_t key, std::int64_t victim, ReservationKind kind, bool abort) {
  // As the drivers for SCSI and NVMe take them: old_key is ours and new_key the victim's.
  // Documented is the reverse (Documentation/block/pr.rst).
  const pr_preempt command{Key(key), Key(victim), TypeOf(kind), 0};
  return abort ? Command(fd, IOC_PR_PREEMPT_ABORT, &command, "IOC_PR_PREEMPT_ABORT")
               : Command(fd, IOC_PR_PREEMPT, &command, "IOC_PR_PREEMPT");
}

Outcome ClearReservations(int fd, std::int64_t key) {
  const pr_clear command{Key(key), 0, 0};
  return Command(fd, IOC_PR_CLEAR, &command, "IOC_PR_CLEAR");
}

}  // namespace tidegate
