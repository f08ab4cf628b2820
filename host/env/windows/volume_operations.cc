// Operations on volumes.
#include "host/env/windows/volume_operations.h"

#include <array>

#include "host/env/windows/answers.h"
#include "host/env/windows/error_map.h"
#include "host/env/windows/volume_name.h"

namespace tidegate {
namespace {

constexpr std::size_t kListBytes = 4096;  // of an answer that lists disks: 170 extents
constexpr std::int64_t kSector = 512;
constexpr std::int64_t kBlock = 4096;  // a multiple of every sector size in use

Error Denied(const std::string& why) { return {ErrorCode::kAccessDenied, "", why}; }

struct GptBit {
  std::string_view name;
  std::uint64_t bit;
};
// Source: PARTITION_INFORMATION_GPT.
constexpr GptBit kGptBits[] = {{"no_drive_letter", 1ull << 63}, {"hidden", 1ull << 62},
                               {"shadow_copy", 1ull << 61},     {"read_only", 1ull << 60},
                               {"offline", 1ull << 59},         {"dax", 1ull << 58},
                               {"service", 1ull << 57}};

Result<std::uint64_t> GptBitNamed(const std::string& name) {
  for (const GptBit& bit : kGptBits) {
    if (bit.name == name) return bit.bit;
  }
  return Error{ErrorCode::kInvalidParameter, "", "there is no attribute " + name};
}

Result<std::uint64_t> GptAttributes(Device& device) {
  const auto answer = device.Control(ControlCode::kVolumeGetGptAttributes, {}, 8);
  std::uint64_t bits = 0;
  if (!answer) return answer.error();
  if (!Take(*answer, 0, bits)) return TooShort();
  return bits;
}

// A BOOLEAN, or false where the code is not known.
Result<bool> Boolean(Device& device, ControlCode code) {
  const auto answer = device.Control(code, {}, 1);
  if (!answer && answer.error().code == ErrorCode::kNotSupported) return false;
  if (!answer) return answer.error();
  return !answer->empty() && (*answer)[0] != 0;
}

struct alignas(kBlock) Block {
  std::array<char, kBlock> bytes;
};

bool SafeName(const std::string& name) {
  return !name.empty() && name.find_first_of("\\/:") == name.npos && name != "." && name != "..";
}

// Writes a file, reads it back past the cache, and removes it.
Result<std::int64_t> WriteProbe(const std::wstring& volume, const std::string& name) {
  if (!SafeName(name)) {
    return Error{ErrorCode::kInvalidParameter, "", name + ": a plain file name is needed"};
  }
  const std::wstring path = volume + L"\\" + Wide(name);
  const SystemHandle file(CreateFileW(
      path.c_str(), GENERIC_READ | GENERIC_WRITE | DELETE, 0, nullptr, CREATE_ALWAYS,
      FILE_FLAG_NO_BUFFERING | FILE_FLAG_WRITE_THROUGH | FILE_FLAG_DELETE_ON_CLOSE, nullptr));
  if (!file) return SystemError(GetLastError(), Utf8(path));
  const auto blocks = std::make_unique<Block[]>(2);
  auto& out = blocks[0].bytes;
  auto& in = blocks[1].bytes;
  LARGE_INTEGER now{};
  QueryPerformanceCounter(&now);
  out.fill(static_cast<char>(now.QuadPart));
  in.fill(static_cast<char>(~now.QuadPart));
  DWORD n = 0;
  const bool done =
      WriteFile(file.get(), out.data(), kBlock, &n, nullptr) && FlushFileBuffers(file.get()) &&
      SetFilePointer(file.get(), 0, nullptr, FILE_BEGIN) != INVALID_SET_FILE_POINTER &&
      ReadFile(file.get(), in.data(), kBlock, &n, nullptr);
  if (!done) return SystemError(GetLastError(), Utf8(path));
  if (n != kBlock || in != out) {
    return Error{ErrorCode::kCrc, "", Utf8(path) + ": what was written is not what was read"};
  }
  return kBlock;
}

}  // namespace

Outcome WindowsVolumeOperations::Do(ControlCode code) const {
  const auto answer = device.Control(code);
  if (answer) return Ok();
  return answer.error();
}

Outcome WindowsVolumeOperations::Changeable() const {
  if (open.known_not_shared) return Ok();
  const Result<bool> shared = Boolean(device, ControlCode::kVolumeIsCsv);
  if (shared && *shared) {
    return Denied(Utf8(device.name()) + " is a cluster shared volume, which all nodes use at once");
  }
  if (shared) open.known_not_shared = true;  // one that is offline does not say
  return Ok();
}

Reply WindowsVolumeOperations::operator()(const VolumeLock&) const {
  if (Outcome may = Changeable(); !may) return AsReply(may);
  if (open.locked) return Success();
  const Outcome locked = Do(ControlCode::kFsctlLockVolume);
  if (locked) open.locked = true;
  return AsReply(locked);
}

Reply WindowsVolumeOperations::operator()(const VolumeUnlock&) const {
  const Outcome unlocked = Do(ControlCode::kFsctlUnlockVolume);
  if (unlocked) open.locked = false;
  return AsReply(unlocked);
}

// The system dismounts whatever is open; without force a lock proves first that nothing is.
Reply WindowsVolumeOperations::operator()(const VolumeDismount& op) const {
  if (!op.force) {
    const Reply locked = (*this)(VolumeLock{});
    if (!locked.ok()) return locked;
  }
  if (Outcome may = Changeable(); !may) return AsReply(may);
  const Outcome gone = Do(ControlCode::kFsctlDismountVolume);
  if (gone) open.dismounted = true;
  return AsReply(gone);
}

// The system mounts by itself, at the first open: what can be given is a place.
Reply WindowsVolumeOperations::operator()(const VolumeMount& op) const {
  if (Outcome may = Changeable(); !may) return AsReply(may);
  if (op.read_only) {
    return AsReply(Denied("Windows mounts read-only what has the attribute read_only: set that"));
  }
  std::wstring where = Wide(op.where);
  if (!where.ends_with(L'\\')) where += L'\\';
  const std::wstring guid = GuidNameOf(device.name());
  if (guid.empty()) {
    return Failure(ErrorCode::kUnrecognizedVolume,
                   Utf8(device.name()) + " has no \\\\?\\Volume{...} name");
  }
  wchar_t there[64] = {};
  if (GetVolumeNameForVolumeMountPointW(where.c_str(), there, 64)) {
    if (there == guid + L"\\") return Success();
    return Failure(ErrorCode::kBusy, Utf8(there) + " is mounted at " + op.where);
  }
  if (SetVolumeMountPointW(where.c_str(), (guid + L"\\").c_str())) return Success();
  const DWORD error = GetLastError();
  Error failed = SystemError(error, op.where);
  if (error == ERROR_FILE_NOT_FOUND || error == ERROR_INVALID_NAME) {
    failed.code = ErrorCode::kPathNotFound;
  }
  return AsReply(failed);
}

Reply WindowsVolumeOperations::operator()(const VolumeOffline&) const {
  if (Outcome may = Changeable(); !may) return AsReply(may);
  if (!open.dismounted) {
    const Result<bool> offline = device.Ask(ControlCode::kVolumeIsOffline);
    if (offline && *offline) return Success();
    return AsReply(Denied("dismount through this handle first"));
  }
  return AsReply(Do(ControlCode::kVolumeOffline));
}

Reply WindowsVolumeOperations::operator()(const VolumeOnline&) const {
  if (Outcome may = Changeable(); !may) return AsReply(may);
  const Outcome online = Do(ControlCode::kVolumeOnline);
  if (online) open.dismounted = false;
  return AsReply(online);
}

Reply WindowsVolumeOperations::operator()(const VolumeUpdateProperties&) const {
  return AsReply(Do(ControlCode::kVolumeUpdateProperties));
}

// "Nothing where there are no drivers to tell."
Reply WindowsVolumeOperations::operator()(const VolumePostOnline&) const {
  const Reply reply = AsReply(Do(ControlCode::kVolumePostOnline));
  return reply.code == ErrorCode::kNotSupported ? Success() : reply;
}

Reply WindowsVolumeOperations::operator()(const VolumeSetGptAttribute& op) const {
  const Result<std::uint64_t> bit = GptBitNamed(op.name);
  if (!bit) return AsReply(bit.error());
  const Result<std::uint64_t> before = GptAttributes(device);
  if (!before) return AsReply(before.error());
  SetGptAttributes set{};
  set.attributes = op.on ? *before | *bit : *before & ~*bit;
  set.revert_on_close = op.revert_on_close;
  set.apply_to_all_connected_volumes = op.whole_disk;
  const auto done = device.Control(ControlCode::kVolumeSetGptAttributes, BytesOf(set));
  return done ? Success() : AsReply(done.error());
}

// --- Questions. ---

Reply WindowsVolumeOperations::operator()(const VolumeIsOffline&) const {
  return AsReply(device.Ask(ControlCode::kVolumeIsOffline));
}
Reply WindowsVolumeOperations::operator()(const VolumeIsMounted&) const {
  const Result<bool> mounted = device.Ask(ControlCode::kFsctlIsVolumeMounted, ErrorCode::kNotReady);
  if (!mounted && mounted.error().code == ErrorCode::kUnrecognizedVolume) return Success(false);
  return AsReply(mounted);
}
Reply WindowsVolumeOperations::operator()(const VolumeSupportsOnlineOffline&) const {
  return AsReply(device.Ask(ControlCode::kVolumeSupportsOnlineOffline));
}
Reply WindowsVolumeOperations::operator()(const VolumeIsIoCapable&) const {
  const Result<bool> capable = device.Ask(ControlCode::kVolumeIsIoCapable);
  if (!capable && capable.error().code == ErrorCode::kNotReady) return Success(false);
  return AsReply(capable);
}
Reply WindowsVolumeOperations::operator()(const VolumeIsClustered&) const {
  return AsReply(device.Ask(ControlCode::kVolumeIsClustered));
}
Reply WindowsVolumeOperations::operator()(const VolumeIsPartition&) const {
  return AsReply(device.Ask(ControlCode::kVolumeIsPartition));
}
Reply WindowsVolumeOperations::operator()(const VolumeIsDynamic&) const {
  return AsReply(Boolean(device, ControlCode::kVolumeIsDynamic));
}
Reply WindowsVolumeOperations::operator()(const VolumeIsCsv&) const {
  return AsReply(Boolean(device, ControlCode::kVolumeIsCsv));
}

// Whole blocks, so that the read is aligned whatever the sector size.
Reply WindowsVolumeOperations::operator()(const VolumeProbe& op) const {
  std::int64_t bytes = 0;
  for (const std::int64_t sector : op.sectors) {
    const std::int64_t offset = sector * kSector / kBlock * kBlock;
    const Result<std::int64_t> read = device.Read(offset, kBlock);
    if (!read) return AsReply(read.error());
    if (*read <= sector * kSector - offset) {
      return Failure(ErrorCode::kIoDevice,
                     "sector " + std::to_string(sector) + " lies behind the end of the volume");
    }
    bytes += *read;
  }
  if (op.write_file.empty()) return Success(bytes);
  const Result<std::int64_t> written = WriteProbe(device.name(), op.write_file);
  return written ? Success(bytes + *written) : AsReply(written.error());
}

Reply WindowsVolumeOperations::operator()(const VolumeFlush&) const {
  return AsReply(device.Flush());
}

Reply WindowsVolumeOperations::operator()(const VolumeIsDirty&) const {
  const auto answer = device.Control(ControlCode::kFsctlIsVolumeDirty, {}, 4);
  std::uint32_t flags = 0;
  if (!answer) return AsReply(answer.error());
  if (!Take(*answer, 0, flags)) return AsReply(TooShort());
  return Success((flags & 1) != 0);
}

Reply WindowsVolumeOperations::operator()(const VolumeExtents&) const {
  const auto answer = device.Control(ControlCode::kVolumeGetVolumeDiskExtents, {}, kListBytes);
  CountOfWide head{};
  if (!answer) return AsReply(answer.error());
  if (!Take(*answer, 0, head)) return AsReply(TooShort());
  Extents extents;
  DiskExtent extent{};
  for (std::size_t at = sizeof head; extents.size() < head.count && Take(*answer, at, extent);
       at += sizeof extent) {
    extents.push_back({extent.disk, extent.offset, extent.length});
  }
  return Success(std::move(extents));
}

Reply WindowsVolumeOperations::operator()(const VolumeNumber&) const {
  const auto answer =
      device.Control(ControlCode::kVolumeQueryVolumeNumber, {}, sizeof(VolumeNumberAnswer));
  VolumeNumberAnswer number{};
  if (!answer) return AsReply(answer.error());
  if (!Take(*answer, 0, number)) return AsReply(TooShort());
  return Success(std::int64_t{number.number});
}

Reply WindowsVolumeOperations::operator()(const VolumeFailoverSet&) const {
  const auto answer = device.Control(ControlCode::kVolumeQueryFailoverSet, {}, kListBytes);
  std::uint32_t count = 0;
  if (!answer) return AsReply(answer.error());
  if (!Take(*answer, 0, count)) return AsReply(TooShort());
  Numbers disks;
  std::uint32_t disk = 0;
  for (std::size_t at = 4; disks.size() < count && Take(*answer, at, disk); at += 4) {
    disks.push_back(disk);
  }
  return Success(std::move(disks));
}

Reply WindowsVolumeOperations::operator()(const VolumeLogicalToPhysical& op) const {
  const auto answer =
      device.Control(ControlCode::kVolumeLogicalToPhysical, BytesOf(op.offset), kListBytes);
  CountOfWide head{};
  if (!answer) return AsReply(answer.error());
  if (!Take(*answer, 0, head)) return AsReply(TooShort());
  Extents places;
  PhysicalOffset place{};
  for (std::size_t at = sizeof head; places.size() < head.count && Take(*answer, at, place);
       at += sizeof place) {
    places.push_back({place.disk, place.offset, 0});
  }
  return Success(std::move(places));
}

Reply WindowsVolumeOperations::operator()(const VolumePhysicalToLogical& op) const {
  const PhysicalOffset place{static_cast<std::uint32_t>(op.disk), 0, op.offset};
  const auto answer = device.Control(ControlCode::kVolumePhysicalToLogical, BytesOf(place), 8);
  std::int64_t offset = 0;
  if (!answer) return AsReply(answer.error());
  if (!Take(*answer, 0, offset)) return AsReply(TooShort());
  return Success(offset);
}

Reply WindowsVolumeOperations::operator()(const VolumeGptAttribute& op) const {
  const Result<std::uint64_t> bit = GptBitNamed(op.name);
  if (!bit) return AsReply(bit.error());
  const Result<std::uint64_t> bits = GptAttributes(device);
  return bits ? Success((*bits & *bit) != 0) : AsReply(bits.error());
}

// Answers for an offline volume too, with what can be known without I/O.
Reply WindowsVolumeOperations::operator()(const VolumeGetAttributes&) const {
  VolumeAttributes out;
  out.device = Utf8(device.name());
  const bool disk = device.name().find(L"PhysicalDrive") != std::wstring::npos;
  out.kind = disk ? "disk" : "volume";
  const Result<bool> offline = device.Ask(ControlCode::kVolumeIsOffline);
  if (offline && *offline) return Success(std::move(out));
  const auto length = device.Control(ControlCode::kDiskGetLengthInfo, {}, 8);
  if (!length) return AsReply(length.error());
  if (!Take(*length, 0, out.size)) return AsReply(TooShort());
  const auto writable = device.Control(ControlCode::kDiskIsWritable);
  out.read_only = !writable && writable.error().code == ErrorCode::kWriteProtect;
  if (disk) return Success(std::move(out));
  const std::wstring guid = GuidNameOf(device.name());
  if (guid.empty()) return Success(std::move(out));
  wchar_t text[MAX_PATH + 1] = {};
  if (GetVolumeInformationW((guid + L"\\").c_str(), nullptr, 0, nullptr, nullptr, nullptr, text,
                            MAX_PATH)) {
    out.file_system = Utf8(text);
  }
  DWORD length_needed = 0;
  text[0] = 0;
  if (GetVolumePathNamesForVolumeNameW((guid + L"\\").c_str(), text, MAX_PATH, &length_needed)) {
    out.mounted_at = Utf8(text);
  }
  return Success(std::move(out));
}

}  // namespace tidegate
