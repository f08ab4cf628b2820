// Reading policies from disk.
#include "host/apps/shared/policy_file.h"

#include <algorithm>
#include <fstream>
#include <vector>

#include "bindings/bindings.h"
#include "host/apps/shared/pack/places.h"
#include "host/core/limits.h"
#include "host/env/guarded.h"
#include "scripts/scripts.h"

namespace tidegate {
namespace {

namespace fs = std::filesystem;

Result<std::string> ReadText(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) {
    return Error{ErrorCode::kFileNotFound, "", file.string() + ": no such file"};
  }
  if (!fs::is_regular_file(file, error)) {
    return Error{ErrorCode::kInvalidParameter, "", file.string() + ": not a regular file"};
  }
  const std::uintmax_t size = fs::file_size(file, error);
  if (error) return Error{ErrorCode::kAccessDenied, "", file.string() + ": cannot be read"};
  if (size > limits::kSourceBytes) {
    return Error{ErrorCode::kNotEnoughQuota, "",
                 file.string() + ": larger than " + std::to_string(limits::kSourceBytes >> 10) +
                     " KiB, the most that a policy's source may have"};
  }
  // No more than it says that it has: what has none, a file of the kernel's, might never end.
  std::string text(size, '\0');
  if (size == 0) return text;
  std::ifstream in(file, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(size));
  if (!in.is_open() || in.bad()) {
    return Error{ErrorCode::kAccessDenied, "", file.string() + ": cannot be read"};
  }
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

// What is hidden is an editor's.
bool IsModule(const fs::path& file) {
  return file.extension() == ".lua" && !file.filename().string().starts_with('.');
}

// Of a folder: the policy's file, and what the pack says of it if it is one.
Result<fs::path> ReadFolder(const fs::path& policy, PolicySource& source) {
  std::error_code error;
  fs::path main;
  if (fs::exists(policy / kPackToml, error)) {
    const Result<std::string> text = ReadText(policy / kPackToml);
    if (!text) return text.error();
    const Result<PackManifest> manifest = ParsePackManifest(*text, (policy / kPackToml).string());
    if (!manifest) return manifest.error();
    source.permissions = std::make_shared<const Permissions>(manifest->permissions);
    main = policy / manifest->entry;
  } else {
    const fs::path folder = fs::weakly_canonical(policy, error);
    main = policy / (folder.filename().string() + ".lua");
    if (!fs::exists(main, error)) {
      return Error{
          ErrorCode::kFileNotFound, "",
          policy.string() + ": a policy folder holds a file of its own name, " + main.string()};
    }
  }
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(policy, error)) {
    files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    if (!IsModule(file) || file.filename() == main.filename()) continue;
    if (file.filename() == "scenarios.lua") continue;
    Result<std::string> text = ReadText(file);
    if (!text) return text.error();
    source.modules.push_back({file.stem().string(), std::move(*text)});
  }
  return main;
}

Outcome CheckFile(const fs::path& file) {
  const std::u8string utf8 = file.u8string();
  return CheckGuarded({utf8.begin(), utf8.end()});
}

Outcome CheckAllIn(const fs::path& folder) {
  if (Outcome guarded = CheckFile(folder); !guarded) return guarded;
  std::error_code error;
  for (fs::recursive_directory_iterator file(folder, error), end; !error && file != end;
       file.increment(error)) {
    if (Outcome guarded = CheckFile(file->path()); !guarded) return guarded;
  }
  return Ok();
}

// What ReadFolder reads.
Outcome CheckFolder(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator file(folder, error), end; !error && file != end;
       file.increment(error)) {
    const fs::path& path = file->path();
    if (!IsModule(path) && path.filename() != kPackToml) continue;
    if (Outcome guarded = CheckFile(path); !guarded) return guarded;
  }
  return Ok();
}

Result<PolicySource> ReadVerified(const fs::path& folder) {
  const Result<Pack> pack = ReadInstalled(Places(), folder);
  if (!pack) return pack.error();
  return SourceOf(*pack);
}

}  // namespace

Result<PolicySource> ReadPolicy(const fs::path& policy) {
  std::error_code error;
  fs::path main = policy;
  PolicySource source;
  if (NamesInstalledPack(policy.string())) {
    const Result<fs::path> folder = FindInstalled(Places(), *ParsePackName(policy.string()));
    if (!folder) return folder.error();
    return ReadVerified(*folder);
  }
  if (fs::is_directory(policy, error)) {
    if (fs::exists(policy / kDigests, error)) return ReadVerified(policy);
    const Result<fs::path> file = ReadFolder(policy, source);
    if (!file) return file.error();
    main = *file;
  } else if (policy.extension() != ".lua" && fs::exists(policy, error)) {
    return Error{ErrorCode::kInvalidParameter, "",
                 policy.string() + ": a policy is a .lua file or a folder"};
  }
  Result<std::string> text = ReadText(main);
  if (!text) return text.error();
  source.name = main.filename().string();
  source.text = std::move(*text);
  return source;
}

Outcome CheckPolicyGuarded(const fs::path& policy) {
  if (policy.empty()) return Ok();  // whoever reads it says so
  std::error_code error;
  fs::path at = policy;
  if (NamesInstalledPack(policy.string())) {
    const Result<fs::path> folder = FindInstalled(Places(), *ParsePackName(policy.string()));
    if (!folder) return folder.error();
    at = *folder;
  }
  if (Outcome guarded = CheckFile(at); !guarded) return guarded;
  if (!fs::is_directory(at, error)) return Ok();
  if (!fs::exists(at / kDigests, error)) return CheckFolder(at);
  if (Outcome guarded = CheckAllIn(at); !guarded) return guarded;
  return Places().trust.empty() ? Ok() : CheckAllIn(Places().trust);
}

fs::path AbsolutePolicy(const fs::path& policy) {
  std::error_code error;
  return NamesInstalledPack(policy.string()) ? policy : fs::absolute(policy, error);
}

Result<fs::path> PolicyFolder(const fs::path& policy) {
  std::error_code error;
  if (NamesInstalledPack(policy.string())) {
    return FindInstalled(Places(), *ParsePackName(policy.string()));
  }
  if (fs::is_directory(policy, error)) return policy;
  return policy.has_parent_path() ? policy.parent_path() : fs::path(".");
}

Result<std::shared_ptr<const CompiledPolicy>> CompileSource(const PolicySource& source) {
  std::vector<ModuleView> scripts;
  for (const Script& script : Scripts()) scripts.push_back({script.name, script.text});
  return CompiledPolicy::Compile(source, scripts, Bindings());
}

Result<std::shared_ptr<const CompiledPolicy>> CompilePolicy(const fs::path& policy) {
  const Result<PolicySource> source = ReadPolicy(policy);
  if (!source) return source.error();
  return CompileSource(*source);
}

}  // namespace tidegate
