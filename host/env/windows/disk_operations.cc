// Operations on the disk: attributes, persistent reservations, raw control codes.
#include "host/env/windows/answers.h"
#include "host/env/windows/volume_operations.h"

namespace tidegate {
namespace {

struct DiskBit {
  std::string_view name;
  std::uint64_t bit;
};
// Source: GET_DISK_ATTRIBUTES.
constexpr DiskBit kDiskBits[] = {
    {"offline", 1}, {"read_only", 2}, {"hidden", 4}, {"maintenance", 8}};

Result<std::uint64_t> DiskBitNamed(const std::string& name) {
  for (const DiskBit& bit : kDiskBits) {
    if (bit.name == name) return bit.bit;
  }
  return Error{ErrorCode::kInvalidParameter, "", "there is no attribute " + name};
}

// Source: ntddstor.h, RESERVATION_ACTION_*.
enum class ReserveIn : std::uint8_t { kKeys = 0, kReservations = 1 };
enum class ReserveOut : std::uint8_t {
  kReserve = 1,
  kRelease = 2,
  kClear = 3,
  kPreempt = 4,
  kPreemptAbort = 5,
  kRegisterIgnoreExisting = 6,
};

void PutBigEndian(std::uint8_t (&bytes)[8], std::int64_t value) {
  for (int i = 7; i >= 0; --i) {
    bytes[i] = static_cast<std::uint8_t>(value);
    value >>= 8;
  }
}

std::uint64_t BigEndian(const std::string& bytes, std::size_t at, std::size_t count) {
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < count; ++i) n = n << 8 | static_cast<unsigned char>(bytes[at + i]);
  return n;
}

// What the disk answered, cut to what it says that it holds: a header of 8 bytes, then a list.
Result<std::string> AskDisk(Device& device, ReserveIn what, std::size_t size) {
  const PersistentReserveIn command{sizeof command, sizeof command, static_cast<std::uint8_t>(what),
                                    0, static_cast<std::uint16_t>(size)};
  Result<std::string> answer =
      device.Control(ControlCode::kStoragePersistentReserveIn, BytesOf(command), size);
  if (!answer) return answer;
  constexpr std::size_t kHeader = 8;
  if (answer->size() < kHeader) return TooShort();
  answer->resize(std::min<std::size_t>(answer->size(), kHeader + BigEndian(*answer, 4, 4)));
  return answer;
}

Reply Command(Device& device, ReserveOut action, const std::string& kind, std::int64_t key,
              std::int64_t action_key) {
  PersistentReserveOut command{};
  command.version = sizeof(PersistentReserveIn);
  command.size = kPersistentReserveOutBytes;
  command.action = static_cast<std::uint8_t>(action);
  command.type_and_scope =
      static_cast<std::uint8_t>(ReservationKindNamed(kind).value_or(ReservationKind::kNone));
  PutBigEndian(command.key, key);
  PutBigEndian(command.action_key, action_key);
  const auto done = device.Control(ControlCode::kStoragePersistentReserveOut,
                                   BytesOf(command).substr(0, kPersistentReserveOutBytes));
  if (done) return Success();
  Reply reply = AsReply(done.error());
  if (reply.code == ErrorCode::kBusy) reply.detail = "reservation conflict: " + reply.detail;
  return reply;
}

}  // namespace

Reply WindowsVolumeOperations::operator()(const VolumeVerify&) const {
  return AsReply(Do(ControlCode::kStorageCheckVerify2));
}

Reply WindowsVolumeOperations::operator()(const VolumeDiskNumber&) const {
  const auto answer =
      device.Control(ControlCode::kStorageGetDeviceNumber, {}, sizeof(DeviceNumber));
  DeviceNumber number{};
  if (!answer) return AsReply(answer.error());
  if (!Take(*answer, 0, number)) return AsReply(TooShort());
  return Success(std::int64_t{number.number});
}

Reply WindowsVolumeOperations::operator()(const VolumeDiskIsClustered&) const {
  const auto answer = device.Control(ControlCode::kDiskIsClustered, {}, 1);
  if (!answer) return AsReply(answer.error());
  return Success(!answer->empty() && (*answer)[0] != 0);
}

Reply WindowsVolumeOperations::operator()(const VolumeDiskAttribute& op) const {
  const Result<std::uint64_t> bit = DiskBitNamed(op.name);
  if (!bit) return AsReply(bit.error());
  const auto answer =
      device.Control(ControlCode::kDiskGetDiskAttributes, {}, sizeof(GetDiskAttributes));
  GetDiskAttributes attributes{};
  if (!answer) return AsReply(answer.error());
  if (!Take(*answer, 0, attributes)) return AsReply(TooShort());
  return Success((attributes.attributes & *bit) != 0);
}

Reply WindowsVolumeOperations::operator()(const VolumeSetDiskAttribute& op) const {
  const Result<std::uint64_t> bit = DiskBitNamed(op.name);
  if (!bit) return AsReply(bit.error());
  SetDiskAttributes set{};
  // The size of this structure, as the SDK's header says; the page says GET_DISK_ATTRIBUTES.
  set.version = sizeof set;
  set.persist = op.persist;
  set.attributes = op.on ? *bit : 0;
  set.mask = *bit;
  const auto done = device.Control(ControlCode::kDiskSetDiskAttributes, BytesOf(set));
  return done ? Success() : AsReply(done.error());
}

// --- Persistent reservations. ---

Reply WindowsVolumeOperations::operator()(const VolumeRegisteredKeys&) const {
  const Result<std::string> answer = AskDisk(device, ReserveIn::kKeys, 4096);
  if (!answer) return AsReply(answer.error());
  Numbers keys;
  for (std::size_t at = 8; at + 8 <= answer->size(); at += 8) {
    keys.push_back(static_cast<std::int64_t>(BigEndian(*answer, at, 8)));
  }
  return Success(std::move(keys));
}

Reply WindowsVolumeOperations::operator()(const VolumeReservation&) const {
  const Result<std::string> answer = AskDisk(device, ReserveIn::kReservations, 256);
  if (!answer) return AsReply(answer.error());
  if (answer->size() < 24) return Success(Reservation{});
  const auto kind = static_cast<ReservationKind>((*answer)[21] & 15);
  return Success(
      Reservation{static_cast<std::int64_t>(BigEndian(*answer, 8, 8)), std::string(Name(kind))});
}

Reply WindowsVolumeOperations::operator()(const VolumeRegister& op) const {
  return Command(device, ReserveOut::kRegisterIgnoreExisting, "", 0, op.key);
}
Reply WindowsVolumeOperations::operator()(const VolumeReserve& op) const {
  return Command(device, ReserveOut::kReserve, op.kind, op.key, 0);
}
Reply WindowsVolumeOperations::operator()(const VolumeRelease& op) const {
  return Command(device, ReserveOut::kRelease, op.kind, op.key, 0);
}
Reply WindowsVolumeOperations::operator()(const VolumePreempt& op) const {
  return Command(device, op.abort ? ReserveOut::kPreemptAbort : ReserveOut::kPreempt, op.kind,
                 op.key, op.victim);
}
Reply WindowsVolumeOperations::operator()(const VolumeClearReservations& op) const {
  return Command(device, ReserveOut::kClear, "", op.key, 0);
}

// The driver's own word: an unknown code stays ERROR_INVALID_FUNCTION.
Reply WindowsVolumeOperations::operator()(const VolumeIoctl& op) const {
  if (op.code < 0 || op.code > UINT32_MAX || op.size < 0 ||
      op.size > static_cast<std::int64_t>(limits::kIoctlBytes)) {
    return Failure(ErrorCode::kInvalidFunction, "a code has 32 bits, an answer at most 64 KiB");
  }
  const auto answer = device.Control(static_cast<std::uint32_t>(op.code), op.input,
                                     static_cast<std::size_t>(op.size));
  if (answer) return Success(*answer);
  Reply reply = AsReply(answer.error());
  if (reply.code == ErrorCode::kNotSupported) reply.code = ErrorCode::kInvalidFunction;
  return reply;
}

}  // namespace tidegate
