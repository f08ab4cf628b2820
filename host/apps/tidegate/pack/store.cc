// Installing by one rename.
#include "host/apps/tidegate/pack/store.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "host/apps/shared/pack/places.h"
#include "host/env/files.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kIncoming = ".incoming-";
constexpr std::string_view kRemoved = ".removed-";
constexpr const char* kHighest = ".highest";

Error Failed(const fs::path& what, int error) {
  return {ErrorCode::kIoDevice, "", what.string() + ": " + std::strerror(error)};
}

Error At(const fs::path& store, const Error& error) {
  return {error.code, "", "the store " + store.string() + ": " + error.detail};
}

Outcome Sync(const fs::path& folder) {
  const Fd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd && fsync(fd.get()) == 0) return Ok();
  return Failed(folder, errno);
}

// Nobody else is at work here: the lock is ours.
void Clear(const fs::path& store) {
  std::error_code error;
  std::vector<fs::path> left;
  for (fs::directory_iterator entry(store, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(kIncoming) || name.starts_with(kRemoved)) left.push_back(entry->path());
  }
  for (const fs::path& folder : left) fs::remove_all(folder, error);
}

std::string Unique(std::string_view kind) { return std::string(kind) + std::to_string(getpid()); }

}  // namespace

Result<PackStore> PackStore::Open(const fs::path& folder) {
  if (folder.empty()) return Error{ErrorCode::kInvalidParameter, "", "no store is named"};
  if (Outcome made = MakeDirectories(folder.string()); !made) return At(folder, made.error());
  const fs::path lock_file = folder / ".lock";
  Fd lock(open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return At(folder, Failed(lock_file, errno));
  while (flock(lock.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return At(folder, Failed(lock_file, errno));
  }
  Clear(folder);
  return PackStore(folder, std::move(lock));
}

std::optional<Version> PackStore::Highest(const std::string& name) const {
  const std::vector<Version> versions = InstalledVersions(folder_, name);
  std::optional<Version> highest;
  if (!versions.empty()) highest = versions.back();
  if (const Result<std::string> text = ReadPlain(folder_ / name / kHighest, 256)) {
    const std::optional<Version> seen = ParseVersion(text->substr(0, text->find('\n')));
    if (seen && (!highest || *seen > *highest)) highest = seen;
  }
  return highest;
}

Result<fs::path> PackStore::Write(const Pack& pack) const {
  const fs::path incoming = folder_ / Unique(kIncoming);
  const auto put = [&](const std::string& path, const std::string& bytes) -> Outcome {
    const fs::path file = incoming / path;
    if (Outcome made = MakeDirectories(file.parent_path().string()); !made) return made;
    return WriteWhole(file.parent_path().string(), file.filename().string(), bytes);
  };
  for (const auto& [path, bytes] : pack.files) {
    if (Outcome written = put(path, bytes); !written) return At(folder_, written.error());
  }
  if (Outcome list = put(std::string(kDigests), pack.list); !list) {
    return At(folder_, list.error());
  }
  if (pack.signature.empty()) return incoming;
  if (Outcome signature = put(std::string(kSignature), pack.signature); !signature) {
    return At(folder_, signature.error());
  }
  return incoming;
}

Result<Installed> PackStore::Install(const Pack& pack, bool downgrade) {
  const PackManifest& m = pack.manifest;
  const fs::path parent = folder_ / m.name;
  const fs::path folder = parent / Text(m.version);
  std::error_code error;
  if (fs::exists(folder, error)) {
    const Result<Pack> there = ReadPackFolder(folder);
    if (there && there->list == pack.list && there->signature == pack.signature) {
      return Installed::kAlready;
    }
    return Error{ErrorCode::kAlreadyExists, "",
                 m.Title() + " is installed already with other files; a version is never " +
                     "replaced: raise the version, or tidegate pack remove " + m.name + "@" +
                     Text(m.version)};
  }
  if (const auto highest = Highest(m.name); highest && m.version < *highest && !downgrade) {
    return Error{ErrorCode::kRevisionMismatch, "",
                 m.Title() + " is below " + Text(*highest) + ", the highest version that was " +
                     "installed here; --downgrade installs it all the same"};
  }
  const Result<fs::path> incoming = Write(pack);
  if (!incoming) return incoming.error();
  if (Outcome made = MakeDirectory(parent.string(), folder_.string()); !made) {
    return At(folder_, made.error());
  }
  if (rename(incoming->c_str(), folder.c_str()) != 0) return At(folder_, Failed(folder, errno));
  if (Outcome synced = Sync(parent); !synced) return At(folder_, synced.error());
  return Installed::kNow;
}

Outcome PackStore::Remove(const std::string& name, const Version& version) {
  const fs::path parent = folder_ / name;
  const fs::path folder = parent / Text(version);
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return Error{ErrorCode::kFileNotFound, "",
                 name + "@" + Text(version) + " is not installed in " + folder_.string()};
  }
  // First: what was seen must not be forgotten with the folder.
  const std::string highest = Text(Highest(name).value_or(version));
  if (Outcome kept = WriteWhole(parent.string(), kHighest, highest + "\n"); !kept) {
    return At(folder_, kept.error());
  }
  const fs::path removed = folder_ / Unique(kRemoved);
  if (rename(folder.c_str(), removed.c_str()) != 0) return At(folder_, Failed(folder, errno));
  if (Outcome synced = Sync(parent); !synced) return At(folder_, synced.error());
  fs::remove_all(removed, error);
  return Ok();
}

std::vector<InstalledPack> ListInstalled(const fs::path& store) {
  std::vector<InstalledPack> packs;
  std::error_code error;
  for (fs::directory_iterator entry(store, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!IsPackName(name)) continue;
    for (const Version& version : InstalledVersions(store, name)) {
      packs.push_back({name, version, entry->path() / Text(version)});
    }
  }
  std::ranges::sort(packs, [](const InstalledPack& a, const InstalledPack& b) {
    return a.name != b.name ? a.name < b.name : a.version < b.version;
  });
  return packs;
}

}  // namespace tidegate
