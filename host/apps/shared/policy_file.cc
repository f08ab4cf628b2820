// Reading policies from disk.
#include "host/apps/shared/policy_file.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <vector>

#include "bindings/bindings.h"
#include "host/core/limits.h"
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
  if (fs::file_size(file, error) > limits::kSourceBytes) {
    return Error{ErrorCode::kNotEnoughQuota, "",
                 file.string() + ": larger than " + std::to_string(limits::kSourceBytes >> 10) +
                     " KiB, the most that a policy's source may have"};
  }
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return Error{ErrorCode::kAccessDenied, "", file.string() + ": cannot be read"};
  return std::move(text).str();
}

}  // namespace

Result<PolicySource> ReadPolicy(const fs::path& policy) {
  std::error_code error;
  fs::path main = policy;
  PolicySource source;
  if (fs::is_directory(policy, error)) {
    const fs::path folder = fs::weakly_canonical(policy, error);
    main = policy / (folder.filename().string() + ".lua");
    if (!fs::exists(main, error)) {
      return Error{
          ErrorCode::kFileNotFound, "",
          policy.string() + ": a policy folder holds a file of its own name, " + main.string()};
    }
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(policy, error)) {
      files.push_back(entry.path());
    }
    std::ranges::sort(files);
    for (const fs::path& file : files) {
      if (file.extension() != ".lua" || file.filename() == main.filename()) continue;
      if (file.filename() == "scenarios.lua") continue;
      Result<std::string> text = ReadText(file);
      if (!text) return text.error();
      source.modules.push_back({file.stem().string(), std::move(*text)});
    }
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

Result<std::shared_ptr<const CompiledPolicy>> CompilePolicy(const fs::path& policy) {
  Result<PolicySource> source = ReadPolicy(policy);
  if (!source) return source.error();
  std::vector<ModuleView> scripts;
  for (const Script& script : Scripts()) scripts.push_back({script.name, script.text});
  return CompiledPolicy::Compile(*source, scripts, Bindings());
}

}  // namespace tidegate
