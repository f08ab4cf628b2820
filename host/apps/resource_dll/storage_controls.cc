// STORAGE_ control codes: what the host can say of the volume that a resource owns, by the same
// operations that policies have. A policy that answers them itself comes first.
//
// Sources: CLUSCTL_RESOURCE_STORAGE_GET_DISK_INFO and its neighbours; MS-CMRP 3.1.4.3.1.38 to 46.
#include <cstring>

#include "host/apps/resource_dll/control_codes.h"
#include "host/apps/resource_dll/controls.h"
#include "host/apps/resource_dll/utf16.h"

namespace tidegate {
namespace {

constexpr std::int64_t kGetDeviceNumber = 0x002D1080;  // IOCTL_STORAGE_GET_DEVICE_NUMBER
constexpr std::int64_t kGetDriveLayout = 0x00070050;   // IOCTL_DISK_GET_DRIVE_LAYOUT_EX
constexpr std::int64_t kGetScsiAddress = 0x00041018;   // IOCTL_SCSI_GET_ADDRESS
constexpr abi::Dword kGpt = 1;                         // PARTITION_STYLE_GPT
constexpr std::size_t kVolumeGuidAt = 10;              // in \\?\Volume{...}

// A volume or a disk, open for as long as this lives.
class OpenDevice {
 public:
  OpenDevice(const VolumeDriver& driver, ResourceId id, const std::string& path)
      : driver_(driver), id_(id), opened_(driver.perform(id, VolumeOpen{path})) {
    if (const VolumeHandle* handle = OpenedHandle(opened_)) handle_ = *handle;
  }
  ~OpenDevice() {
    if (opened_.ok()) (void)driver_.perform(id_, VolumeClose{handle_});
  }
  OpenDevice(const OpenDevice&) = delete;
  OpenDevice& operator=(const OpenDevice&) = delete;

  const Reply& opened() const { return opened_; }
  template <class Op>
  Reply Ask() const {
    return opened_.ok() ? driver_.perform(id_, Op{handle_}) : opened_;
  }
  // What was answered, or the operation's default.
  template <class Op>
  typename Op::Reply Answer() const {
    Reply reply = Ask<Op>();
    auto* value = std::get_if<typename Op::Reply>(&reply.value);
    return reply.ok() && value != nullptr ? std::move(*value) : typename Op::Reply{};
  }
  // Empty when the device does not know the code.
  std::string Ioctl(std::int64_t code, std::size_t size) const {
    if (!opened_.ok()) return {};
    Reply reply =
        driver_.perform(id_, VolumeIoctl{handle_, code, "", static_cast<std::int64_t>(size)});
    auto* bytes = std::get_if<std::string>(&reply.value);
    return reply.ok() && bytes != nullptr ? std::move(*bytes) : std::string();
  }

 private:
  const VolumeDriver& driver_;
  const ResourceId id_;
  const Reply opened_;
  VolumeHandle handle_;
};

template <class T>
T NumberAt(const std::string& bytes, std::size_t at) {
  T number{};
  if (bytes.size() >= at + sizeof number) std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

template <std::size_t N>
void Put(abi::WideChar (&to)[N], const std::string& text) {
  const std::u16string wide = ToUtf16(text);
  std::memcpy(to, wide.data(), std::min(wide.size(), N - 1) * sizeof(abi::WideChar));
}

// "{01234567-89ab-cdef-0123-456789abcdef}", as its bytes lie in memory.
std::optional<abi::Guid> GuidIn(std::string_view text) {
  constexpr int kOrder[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
  abi::Guid guid;
  int digits = 0;
  for (const char c : text) {
    const bool letter = (c | 32) >= 'a' && (c | 32) <= 'f';
    if (!letter && (c < '0' || c > '9')) continue;
    if (digits == 32) return std::nullopt;
    const auto digit = static_cast<abi::Byte>(letter ? (c | 32) - 'a' + 10 : c - '0');
    abi::Byte& byte = guid.bytes[kOrder[digits++ / 2]];
    byte = static_cast<abi::Byte>(byte << 4 | digit);
  }
  return digits == 32 ? std::optional(guid) : std::nullopt;
}

std::string GuidText(const std::string& bytes) {
  constexpr int kOrder[] = {3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15};
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "{";
  for (const int at : kOrder) {
    if (at < 0) {
      text += '-';
      continue;
    }
    const auto byte = static_cast<unsigned char>(bytes[static_cast<std::size_t>(at)]);
    text += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return text + "}";
}

// Which disk it is: what a list must begin with.
void AddIdentity(ValueListWriter& list, const std::string& layout) {
  constexpr std::size_t kUnionAt = 8;
  if (NumberAt<abi::Dword>(layout, 0) != kGpt || layout.size() < kUnionAt + 16) {
    return list.Number(abi::kDiskSignature, NumberAt<abi::Dword>(layout, kUnionAt));
  }
  list.Text(abi::kDiskGuid, GuidText(layout.substr(kUnionAt, 16)));
}

abi::PartitionInfoEx PartitionOf(const OpenDevice& volume, const FileSystemFacts& facts,
                                 abi::Dword disk) {
  const VolumeAttributes attributes = volume.Answer<VolumeGetAttributes>();
  const std::string& at = attributes.mounted_at.str();
  const std::string& device = attributes.device.str();
  const bool letter = at.size() >= 2 && at.size() <= 3 && at[1] == ':';
  abi::PartitionInfoEx info;
  info.basic.flags = (letter ? abi::kPartitionSticky : 0) |
                     (facts.name == "NTFS" || facts.name == "ReFS" ? abi::kPartitionUsable : 0);
  Put(info.basic.device_name, letter ? at.substr(0, 2) : device);
  Put(info.basic.volume_label, facts.label);
  info.basic.serial_number = facts.serial;
  info.basic.longest_name = facts.longest_name;
  info.basic.file_system_flags = facts.flags;
  Put(info.basic.file_system, facts.name.empty() ? attributes.file_system.str() : facts.name);
  info.total_bytes = static_cast<std::uint64_t>(attributes.size);
  info.free_bytes = facts.free_bytes;
  info.device_number = disk;
  info.partition_number = NumberAt<abi::Dword>(volume.Ioctl(kGetDeviceNumber, 12), 8);
  if (device.size() > kVolumeGuidAt) {
    info.volume_guid = GuidIn(device.substr(kVolumeGuidAt)).value_or(abi::Guid{});
  }
  return info;
}

// Of a volume that lies on several disks: the first of them.
ControlReply DiskInfo(const VolumeDriver& driver, const ResourceInstance::OwnedVolume& owned,
                      bool extended) {
  const OpenDevice volume(driver, owned.id, owned.path);
  const Reply extents = volume.Ask<VolumeExtents>();
  if (!extents.ok()) return {static_cast<abi::Dword>(extents.code), {}};
  const auto& lies_on = std::get<Extents>(extents.value);
  const auto number = lies_on.empty() ? volume.Answer<VolumeDiskNumber>() : lies_on.front().disk;
  const OpenDevice disk(driver, owned.id, R"(\\.\PhysicalDrive)" + std::to_string(number));
  ValueListWriter list;
  AddIdentity(list, disk.Ioctl(kGetDriveLayout, limits::kIoctlBytes));
  // SCSI_ADDRESS: a length, then port, path, target and unit, a byte each.
  if (const std::string address = disk.Ioctl(kGetScsiAddress, 8); address.size() == 8) {
    list.Number(abi::kScsiAddress, NumberAt<abi::Dword>(address, 4));
  }
  list.Number(abi::kDiskNumber, static_cast<abi::Dword>(number));
  const FileSystemFacts facts = driver.facts ? driver.facts(owned.path) : FileSystemFacts{};
  const abi::PartitionInfoEx partition =
      PartitionOf(volume, facts, static_cast<abi::Dword>(number));
  if (extended) {
    const std::int64_t size = disk.Answer<VolumeGetAttributes>().size;
    if (size > 0) list.Data(abi::kDiskSize, std::as_bytes(std::span(&size, 1)));
    list.Data(abi::kPartitionInfoEx, std::as_bytes(std::span(&partition, 1)));
  } else {
    list.Data(abi::kPartitionInfo, std::as_bytes(std::span(&partition.basic, 1)));
  }
  return {abi::kSuccess, list.Take()};
}

// The numbers of the volumes that are dirty: one, or none.
ControlReply Dirty(const VolumeDriver& driver, const ResourceInstance::OwnedVolume& owned) {
  const OpenDevice volume(driver, owned.id, owned.path);
  const Reply dirty = volume.Ask<VolumeIsDirty>();
  if (!dirty.ok()) return {static_cast<abi::Dword>(dirty.code), {}};
  if (!std::get<bool>(dirty.value)) return {};
  const auto number = static_cast<abi::Dword>(volume.Answer<VolumeNumber>());
  const auto bytes = std::as_bytes(std::span(&number, 1));
  return {abi::kSuccess, {bytes.begin(), bytes.end()}};
}

ControlReply IsPathValid(const VolumeDriver& driver, const ResourceInstance::OwnedVolume& owned,
                         std::span<const std::byte> in) {
  if (!driver.holds) return {abi::kInvalidFunction, {}};
  const std::string path =
      ToUtf8(reinterpret_cast<const char16_t*>(in.data()), in.size() / sizeof(char16_t));
  if (path.empty()) return {abi::kInvalidParameter, {}};
  return {static_cast<abi::Dword>(driver.holds(owned.path, path)), {}};
}

// Whether a volume is stored for the next Online.
bool NamesVolume(ResourceInstance& resource) {
  PropertySpec spec;
  spec.name = kVolumePath;
  const Result<Properties> stored = resource.parameters().Read();
  const Result<Properties> values = stored ? TypedValues({spec}, *stored) : stored;
  return values && !TextOf(*values, kVolumePath).empty();
}

}  // namespace

bool IsStorageCode(abi::Dword code) {
  return code == control::kStorageGetDiskInfo || code == control::kStorageGetDiskInfoEx ||
         code == control::kStorageIsPathValid || code == control::kStorageGetDirty;
}

ControlReply ControlStorage(ResourceInstance& resource, abi::Dword code,
                            std::span<const std::byte> in) {
  const Result<ResourceInstance::OwnedVolume> owned = resource.Volume();
  const bool none = owned ? owned->path.empty() : !NamesVolume(resource);
  if (none) return {abi::kInvalidFunction, {}};
  if (!owned) return {static_cast<abi::Dword>(owned.error().code), {}};
  const VolumeDriver& driver = resource.host()->volumes();
  if (code == control::kStorageGetDirty) return Dirty(driver, *owned);
  if (code == control::kStorageIsPathValid) return IsPathValid(driver, *owned, in);
  return DiskInfo(driver, *owned, code == control::kStorageGetDiskInfoEx);
}

}  // namespace tidegate
