// Reading archives, folders and installed packs alike.
#include "host/apps/tidegate/pack/any_pack.h"

#include <filesystem>

#include "host/apps/shared/pack/places.h"
#include "host/apps/tidegate/pack/archive.h"
#include "host/core/limits.h"
#include "host/env/files.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSignatureBytes = 4096;

Result<Pack> ReadArchiveFile(const std::string& file, const std::string& signature_file) {
  const Result<std::string> bytes = ReadPlain(file, limits::kPackArchiveBytes + 1);
  if (!bytes) return bytes.error();
  Result<Unpacked> unpacked = ReadArchive(*bytes);
  if (!unpacked) return unpacked.error();
  const std::string beside = ListBeside(file) + ".minisig";
  Result<std::string> signature = std::string();
  if (!signature_file.empty() || FileExists(beside)) {
    signature = ReadPlain(signature_file.empty() ? beside : signature_file, kSignatureBytes);
    if (!signature) return signature.error();
  }
  return MakePack(std::move(unpacked->files), std::move(unpacked->list), std::move(*signature));
}

Result<Pack> ReadOne(const std::string& what, const std::string& signature) {
  if (NamesInstalledPack(what)) {
    const Result<fs::path> folder = FindInstalled(Places(), *ParsePackName(what));
    if (!folder) return folder.error();
    return ReadPackFolder(*folder);
  }
  std::error_code error;
  if (fs::is_directory(what, error)) {
    return fs::exists(fs::path(what) / kDigests, error) ? ReadPackFolder(what)
                                                        : ReadPackSource(what);
  }
  if (!fs::exists(what, error)) {
    return Error{ErrorCode::kFileNotFound, "", "no such file, folder or installed pack"};
  }
  return ReadArchiveFile(what, signature);
}

}  // namespace

bool IsArchive(const std::string& what) {
  std::error_code error;
  return fs::is_regular_file(what, error);
}

std::string ListBeside(const std::string& archive) {
  constexpr std::string_view kEnding = ".pack";
  const bool named = archive.ends_with(kEnding);
  return archive.substr(0, archive.size() - (named ? kEnding.size() : 0)) + ".digests";
}

Result<Pack> ReadAnyPack(const std::string& what, const std::string& signature) {
  Result<Pack> pack = ReadOne(what, signature);
  if (pack) return pack;
  const Error& error = pack.error();
  return Error{error.code, "", what + ": " + error.detail};
}

}  // namespace tidegate
