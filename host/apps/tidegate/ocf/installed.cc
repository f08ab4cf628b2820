// Finding what was installed, and installing.
#include "host/apps/tidegate/ocf/installed.h"

#include <algorithm>

namespace tidegate::ocf {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProvider = "tidegate";
constexpr std::string_view kGeneric = "policy";

fs::path PolicyFolder(const fs::path& prefix, const std::string& provider,
                      const std::string& type) {
  return prefix / "share/tidegate/agents" / provider / type;
}

bool IsName(std::string_view name) {
  return !name.empty() && name.front() != '.' && name.size() <= 64 &&
         std::ranges::all_of(name, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

std::optional<Installed> InstalledAs(std::string_view program) {
  constexpr std::string_view kFolder = "/resource.d/";
  const std::size_t at = program.rfind(kFolder);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view name = program.substr(at + kFolder.size());
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  Installed agent{std::string(name.substr(0, slash)), std::string(name.substr(slash + 1)), {}};
  if (agent.provider == kProvider && agent.type == kGeneric) return agent;
  // PREFIX/lib/ocf/resource.d
  const fs::path prefix = fs::path(program.substr(0, at)).parent_path().parent_path();
  const fs::path folder = PolicyFolder(prefix, agent.provider, agent.type);
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    agent.policy = entry.path().string();
  }
  if (agent.policy.empty()) agent.policy = folder.string();  // the message will name it
  return agent;
}

Outcome Install(const Installed& agent, const fs::path& prefix) {
  for (const std::string& name : {agent.provider, agent.type}) {
    if (!IsName(name)) {
      return Error{ErrorCode::kInvalidParameter, "",
                   "\"" + name + "\" is no part of an agent's name: letters, digits, - _ ."};
    }
  }
  if (agent.provider == kProvider && agent.type == kGeneric) {
    return Error{
        ErrorCode::kInvalidParameter, "",
        "ocf:tidegate:policy takes any policy; give this one another --provider or --type"};
  }
  const fs::path folder = PolicyFolder(prefix, agent.provider, agent.type);
  const fs::path link = prefix / "lib/ocf/resource.d" / agent.provider / agent.type;
  const fs::path program = prefix / "lib/ocf/resource.d/tidegate/policy";
  const auto failed = [](const fs::path& where, const std::error_code& error) {
    return Error{ErrorCode::kAccessDenied, "", where.string() + ": " + error.message()};
  };
  std::error_code error;
  if (!fs::exists(program, error)) {
    return Error{ErrorCode::kFileNotFound, "",
                 "no " + program.string() + ": install Tidegate there first, or say --prefix"};
  }
  const bool there = fs::exists(fs::symlink_status(link, error));
  if (there && !fs::is_symlink(fs::symlink_status(link, error))) {
    return Error{ErrorCode::kAlreadyExists, "",
                 link.string() + " is an agent that is not Tidegate's; choose another --type"};
  }
  const fs::path policy = fs::weakly_canonical(agent.policy, error);
  if (!fs::exists(policy, error)) {
    return Error{ErrorCode::kFileNotFound, "",
                 agent.policy + ": no such file or folder; of an installed pack give its folder"};
  }
  fs::remove_all(folder, error);
  fs::create_directories(folder, error);
  if (error) return failed(folder, error);
  fs::copy(policy, folder / policy.filename(), fs::copy_options::recursive, error);
  if (error) return failed(folder, error);
  fs::create_directories(link.parent_path(), error);
  if (error) return failed(link.parent_path(), error);
  fs::remove(link, error);
  fs::create_symlink("../tidegate/policy", link, error);
  if (error) return failed(link, error);
  return Ok();
}

}  // namespace tidegate::ocf
