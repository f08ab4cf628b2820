// Putting a pack together from its files.
#include "host/apps/shared/pack/pack.h"

#include <algorithm>
#include <fstream>

#include "host/core/limits.h"
#include "host/core/line.h"
#include "host/lua/sha256.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

Error Bad(std::string detail) { return {ErrorCode::kInvalidData, "", std::move(detail)}; }

std::string Utf8(const fs::path& path) {
  const std::u8string text = path.generic_u8string();
  return {text.begin(), text.end()};
}

Result<std::string> ReadBytes(const fs::path& file, std::size_t most) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes(most + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || !in.eof()) {
    if (bytes.size() > most) return bytes;  // who asked says what is too much
    return Error{ErrorCode::kAccessDenied, "", Utf8(file) + ": cannot be read"};
  }
  return bytes;
}

// What pack build leaves in a folder that it is called in, and editors.
bool IsLeftOut(const std::string& name) {
  return name.starts_with('.') || name.ends_with('~') || name.ends_with(".pack") ||
         name.ends_with(".digests") || name.ends_with(".minisig") || name == kDigests;
}

Outcome CheckNoSecret(const std::string& path, const std::string& bytes) {
  if (!bytes.starts_with("untrusted comment: minisign encrypted secret key")) return Ok();
  return Bad(path + ": this is a secret key; keep it outside of the pack's folder");
}

Outcome CheckKind(const fs::directory_entry& entry) {
  std::error_code error;
  if (entry.is_symlink(error)) {
    return Bad(Utf8(entry.path()) + ": a symbolic link; a pack has plain files only");
  }
  if (!entry.is_regular_file(error) && !entry.is_directory(error)) {
    return Bad(Utf8(entry.path()) + ": neither a plain file nor a folder");
  }
  return Ok();
}

Result<PackFiles> ReadFiles(const fs::path& folder, bool installed) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return Error{ErrorCode::kPathNotFound, "", folder.string() + ": no such folder"};
  }
  PackFilesReader reader;
  fs::recursive_directory_iterator files(folder, error);
  for (; !error && files != fs::recursive_directory_iterator(); files.increment(error)) {
    const std::string name = Utf8(files->path().filename());
    const bool ours = installed && files.depth() == 0 && (name == kDigests || name == kSignature);
    if (ours) continue;
    if (!installed && IsLeftOut(name)) {
      if (files->is_directory(error) && !files->is_symlink(error)) {
        files.disable_recursion_pending();
      }
      continue;
    }
    if (Outcome kind = CheckKind(*files); !kind) return kind.error();
    if (files->is_directory(error)) continue;
    const std::string path = Utf8(files->path().lexically_relative(folder));
    Result<std::string> bytes = ReadBytes(files->path(), limits::kPackFileBytes);
    if (!bytes) return bytes.error();
    if (Outcome added = reader.Add(path, std::move(*bytes)); !added) return added.error();
  }
  if (error) {
    return Error{ErrorCode::kAccessDenied, "", folder.string() + ": " + error.message()};
  }
  return reader.Take();
}

std::string Names(const Capabilities& capabilities) {
  std::string names;
  for (std::size_t i = 0; i < kCapabilityNames.size(); ++i) {
    if (!capabilities.Has(static_cast<Capability>(i))) continue;
    names += (names.empty() ? "" : ", ") + std::string(kCapabilityNames[i]);
  }
  return names.empty() ? "none" : names;
}

}  // namespace

std::string Pack::Digest() const { return Sha256(list); }

Result<Pack> MakePack(PackFiles files, std::string list, std::string signature) {
  if (Outcome checked = CheckList(list, files); !checked) return checked.error();
  Pack pack;
  const auto toml = files.find(std::string(kPackToml));
  if (toml == files.end()) return Bad("there is no pack.toml in it");
  Result<PackManifest> manifest = ParsePackManifest(toml->second, toml->first);
  if (!manifest) return manifest.error();
  if (!files.contains(manifest->entry)) {
    return Bad("pack.toml: the entry file " + manifest->entry + " is not in the pack");
  }
  if (const auto text = files.find(std::string(kEvidenceToml)); text != files.end()) {
    Result<Evidence> evidence = ParseEvidence(text->second, text->first);
    if (!evidence) return evidence.error();
    pack.evidence = std::move(*evidence);
  }
  pack.manifest = std::move(*manifest);
  pack.files = std::move(files);
  pack.list = std::move(list);
  pack.signature = std::move(signature);
  return pack;
}

Result<PackFiles> ReadPackFiles(const fs::path& folder) {
  Result<PackFiles> files = ReadFiles(folder, false);
  if (!files) return files;
  for (const auto& [path, bytes] : *files) {
    if (Outcome checked = CheckNoSecret(path, bytes); !checked) return checked.error();
  }
  return files;
}

Result<Pack> ReadPackSource(const fs::path& folder) {
  Result<PackFiles> files = ReadPackFiles(folder);
  if (!files) return files.error();
  std::string list = ListOf(*files);
  return MakePack(std::move(*files), std::move(list), "");
}

Result<Pack> ReadPackFolder(const fs::path& folder) {
  std::error_code error;
  const fs::path list_file = folder / kDigests;
  const fs::path signature_file = folder / kSignature;
  Result<std::string> list = ReadBytes(list_file, limits::kPackFileBytes);
  if (!list) return list.error();
  Result<std::string> signature = std::string();
  if (fs::exists(signature_file, error)) signature = ReadBytes(signature_file, 4096);
  if (!signature) return signature.error();
  Result<PackFiles> files = ReadFiles(folder, true);
  if (!files) return files.error();
  return MakePack(std::move(*files), std::move(*list), std::move(*signature));
}

Outcome CheckCode(const Pack& pack, const Manifest& code) {
  const PackManifest& m = pack.manifest;
  const auto wrong = [&](std::string what) {
    return Bad("pack.toml and " + m.entry + " disagree: " + std::move(what));
  };
  if (code.api < m.api_from || code.api > m.api_to) {
    return wrong("the policy is written for api " + std::to_string(code.api) +
                 ", which is not in pack.toml's range");
  }
  if (const Capabilities asked = m.permissions.AskedFor(); code.capabilities != asked) {
    return wrong("the policy lists the capabilities " + Names(code.capabilities) + ", pack.toml " +
                 Names(asked));
  }
  for (const PropertySpec& spec : code.properties) {
    if (std::ranges::find(m.properties, spec.name) != m.properties.end()) continue;
    return wrong("pack.toml does not list the property " + spec.name);
  }
  for (const std::string& name : m.properties) {
    if (std::ranges::any_of(code.properties, [&](const auto& s) { return s.name == name; })) {
      continue;
    }
    return wrong("the policy has no property " + PrintableLine(name, 100));
  }
  return Ok();
}

PolicySource SourceOf(const Pack& pack) {
  PolicySource source;
  source.name = pack.manifest.entry;
  source.text = pack.files.at(pack.manifest.entry);
  for (const auto& [path, bytes] : pack.files) {
    if (path.find('/') != path.npos || !path.ends_with(".lua")) continue;
    if (path == pack.manifest.entry || path == "scenarios.lua") continue;
    source.modules.push_back({path.substr(0, path.size() - 4), bytes});
  }
  source.permissions = std::make_shared<const Permissions>(pack.manifest.permissions);
  return source;
}

}  // namespace tidegate
