// Values in files.
#include "host/env/store.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <vector>

#include "host/core/limits.h"
#include "host/core/store_key.h"
#include "host/env/file_name.h"
#include "host/env/files.h"

namespace tidegate {
namespace {

constexpr std::string_view kCorrupt = ".corrupt~";
constexpr std::size_t kHeaderBytes = 64;  // more than any header has

constexpr std::array<std::uint32_t, 256> Crc32cTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0u);
    table[i] = crc;
  }
  return table;
}

std::uint32_t Crc32c(std::string_view data) {
  static constexpr auto kTable = Crc32cTable();
  std::uint32_t crc = ~0u;
  for (const char c : data) crc = crc >> 8 ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 255];
  return ~crc;
}

std::string Header(std::string_view value) {
  char header[kHeaderBytes];
  std::snprintf(header, sizeof header, "tidegate-store 1 %08x %zu\n", Crc32c(value), value.size());
  return header;
}

// The value, if the file is what Header() began.
std::optional<std::string> Parse(std::string_view file) {
  const std::size_t end = file.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view value = file.substr(end + 1);
  if (file.substr(0, end + 1) != Header(value)) return std::nullopt;
  return std::string(value);
}

Reply NotAKey() {
  return Failure(ErrorCode::kInvalidParameter, "a key is 1 to " +
                                                   std::to_string(limits::kStoreKeyBytes) +
                                                   " of a-z 0-9 _ . -, and begins with no dot");
}

// store.set does not declare ERROR_NOT_FOUND: its directory was there a moment ago.
Reply AsReply(const Error& error) {
  const bool gone = error.code == ErrorCode::kNotFound;
  return Failure(gone ? ErrorCode::kIoDevice : error.code, error.detail);
}

Error About(const Error& error, const std::string& what) {
  const std::size_t colon = error.detail.find(": ") + 2;  // "ENOSPC: /path"
  return {error.code, "store", error.detail.substr(0, colon) + what + error.detail.substr(colon)};
}

// "%2331": "#31", which FileName makes of no resource's name.
bool IsStray(std::string_view name) {
  constexpr std::string_view kHash = "%23";
  if (!name.starts_with(kHash) || name == kHash) return false;
  return std::ranges::all_of(name.substr(kHash.size()),
                             [](char c) { return c >= '0' && c <= '9'; });
}

int KeysIn(const std::string& directory) {
  int keys = 0;
  ForEachFile(directory, [&](std::string_view name) { keys += IsStoreKey(name) ? 1 : 0; });
  return keys;
}

}  // namespace

Result<Store> Store::Open(std::string directory) {
  while (directory.size() > 1 && directory.back() == '/') directory.pop_back();
  if (directory.empty()) {
    return Error{ErrorCode::kInvalidParameter, "store", "the state directory has no name"};
  }
  const Outcome made = MakeDirectories(directory);
  if (!made) return About(made.error(), "cannot make the state directory ");
  const Outcome writable = CheckWritable(directory);
  if (!writable) return About(writable.error(), "cannot write to the state directory ");
  return Store(std::move(directory));
}

// A name space: a folder of the directory, and how much goes into it.
struct Store::Shelf {
  std::string_view folder;
  std::size_t value_bytes;
  std::optional<int> keys;
  bool sets_aside = false;  // what is corrupt
};

constexpr Store::Shelf Store::kValues = {"values", limits::kStoreValueBytes, limits::kStoreKeys,
                                         true};
// The host knows their names, so that they need no bound; a policy's values take no room of theirs.
constexpr Store::Shelf Store::kRecords = {"records", limits::kStateFileBytes, {}};

std::string Store::FolderOf(const Shelf& shelf, std::string_view resource) const {
  return directory_ + "/" + std::string(shelf.folder) + "/" + FileName(resource);
}

Reply Store::Get(std::string_view resource, const StoreGet& call) const {
  return Read(kValues, resource, call.key);
}
Reply Store::Set(std::string_view resource, const StoreSet& call) const {
  return Write(kValues, resource, call.key, call.value);
}
Reply Store::Get(std::string_view resource, const RecordGet& call) const {
  return Read(kRecords, resource, call.name);
}
Reply Store::Set(std::string_view resource, const RecordSet& call) const {
  return Write(kRecords, resource, call.name, call.value);
}

Reply Store::Read(const Shelf& shelf, std::string_view resource, const std::string& key) const {
  if (!IsStoreKey(key)) return NotAKey();
  const std::string path = FolderOf(shelf, resource) + "/" + key;
  // One byte more than may be there is enough to know that it is too long.
  const Result<std::string> data = ReadPlain(path, kHeaderBytes + shelf.value_bytes + 1);
  if (!data && data.error().code == ErrorCode::kNotFound) {
    return Failure(ErrorCode::kNotFound, "no value for " + key);
  }
  if (!data) return Failure(ErrorCode::kIoDevice, data.error().detail);
  if (auto value = Parse(*data)) return Success(std::move(*value));
  const std::string broken = path + " does not fit its checksum";
  if (!shelf.sets_aside) return Failure(ErrorCode::kFileCorrupt, broken);
  const std::string aside = path + std::string(kCorrupt);
  const bool moved = RenameFile(path, aside);
  return Failure(
      ErrorCode::kFileCorrupt,
      broken + (moved ? "; it is now " + aside : std::string("; it cannot be set aside")));
}

Outcome Store::Drop(std::string_view resource, const std::string& record) const {
  const std::string folder = FolderOf(kRecords, resource);
  return RemoveForGood(folder, record);
}

Reply Store::Write(const Shelf& shelf, std::string_view resource, const std::string& key,
                   const std::string& value) const {
  if (!IsStoreKey(key)) return NotAKey();
  if (value.size() > shelf.value_bytes) {
    return Failure(ErrorCode::kInvalidParameter,
                   "a value has at most " + std::to_string(shelf.value_bytes) + " bytes");
  }
  const std::string folder = FolderOf(shelf, resource);
  const Outcome made = MakeDirectories(folder);
  if (!made) return AsReply(made.error());
  if (shelf.keys && !FileExists(folder + "/" + key) && KeysIn(folder) >= *shelf.keys) {
    return Failure(ErrorCode::kDiskFull,
                   "a resource stores at most " + std::to_string(*shelf.keys) + " values");
  }
  const Outcome written = WriteWhole(folder, key, Header(value) + value);
  return written ? Success() : AsReply(written.error());
}

int Store::Sweep() const {
  std::vector<std::string> strays;
  for (const std::string& folder : {directory_, directory_ + "/" + std::string(kValues.folder),
                                    directory_ + "/" + std::string(kRecords.folder)}) {
    ForEachFile(folder, [&](std::string_view name) {
      if (IsStray(name)) strays.push_back(folder + "/" + std::string(name));
    });
  }
  return static_cast<int>(std::ranges::count_if(strays, &RemoveFolder));
}

void Store::Clean(std::string_view resource) const {
  for (const Shelf* shelf : {&kValues, &kRecords}) {
    const std::string folder = FolderOf(*shelf, resource);
    ForEachFile(folder, [&](std::string_view name) {
      if (name.ends_with(kTemporaryFile)) RemoveFile(folder + "/" + std::string(name));
    });
  }
}

}  // namespace tidegate
