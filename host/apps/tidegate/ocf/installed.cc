// Finding what was installed, and installing.
#include "host/apps/tidegate/ocf/installed.h"

#include <algorithm>
#include <fcntl.h>
#include <stdio.h>

#include "host/apps/shared/inspect.h"
#include "host/apps/shared/pack/places.h"

namespace tidegate::ocf {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProvider = "tidegate";
constexpr std::string_view kGeneric = "policy";
constexpr std::string_view kCurrent = "current";

fs::path FolderOf(const fs::path& prefix, const std::string& provider, const std::string& type) {
  return prefix / "share/tidegate/agents" / provider / type;
}

fs::path AgentsIn(const fs::path& prefix) { return prefix / "lib/ocf/resource.d"; }

Error Failed(const fs::path& where, const std::error_code& error) {
  return Error{ErrorCode::kAccessDenied, "", where.string() + ": " + error.message()};
}

// Where a POLICY lies, and what its copy is to be called.
struct Source {
  fs::path path;
  std::string name;
};
Result<Source> Find(const std::string& policy) {
  if (!NamesInstalledPack(policy)) {
    std::error_code error;
    const fs::path path = fs::weakly_canonical(policy, error);
    return Source{path, path.filename().string()};
  }
  const PackName pack = *ParsePackName(policy);
  const Result<fs::path> folder = FindInstalled(Places(), pack);
  if (!folder) return folder.error();
  return Source{*folder, pack.name + "@" + folder->filename().string()};
}

// Puts one folder in the place of another in one step: an action may begin at any moment, and must
// find the old policy or the new one.
Outcome PutInPlace(const fs::path& made, const fs::path& place) {
  std::error_code error;
  if (renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, place.c_str(), RENAME_EXCHANGE) == 0) {
    fs::remove_all(made, error);
    return Ok();
  }
  fs::remove_all(place, error);  // there is none, or its file system knows no such step
  fs::rename(made, place, error);
  return error ? Outcome(Failed(place, error)) : Ok();
}

bool IsName(std::string_view name) {
  return !name.empty() && name.front() != '.' && name.size() <= 64 &&
         std::ranges::all_of(name, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

// The same for a link.
Outcome Link(const fs::path& to, const fs::path& link) {
  std::error_code error;
  const fs::path made = link.string() + ".new~";
  fs::remove(made, error);
  fs::create_symlink(to, made, error);
  if (!error) fs::rename(made, link, error);
  return error ? Outcome(Failed(link, error)) : Ok();
}

bool IsDigest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

// What stands in the way of an agent of this name.
Outcome CheckName(const Installed& agent, const fs::path& prefix) {
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
  std::error_code error;
  const fs::path program = AgentsIn(prefix) / kProvider / kGeneric;
  if (!fs::exists(program, error)) {
    return Error{ErrorCode::kFileNotFound, "",
                 "no " + program.string() + ": install Tidegate there first, or say --prefix"};
  }
  const fs::path link = AgentsIn(prefix) / agent.provider / agent.type;
  const fs::file_status there = fs::symlink_status(link, error);
  if (fs::exists(there) && !fs::is_symlink(there)) {
    return Error{ErrorCode::kAlreadyExists, "",
                 link.string() + " is an agent that is not Tidegate's; choose another --type"};
  }
  return Ok();
}

}  // namespace

std::optional<Installed> InstalledAs(std::string_view program, std::string_view digest) {
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
  const fs::path versions = FolderOf(prefix, agent.provider, agent.type);
  std::error_code error;
  const bool asked = IsDigest(digest) && fs::exists(versions / digest, error);
  const fs::path folder = versions / (asked ? digest : kCurrent);
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    agent.policy = entry.path().string();
  }
  if (agent.policy.empty()) agent.policy = folder.string();  // the message will name it
  return agent;
}

Result<Manifest> Install(const Installed& agent, const fs::path& prefix) {
  if (const Outcome good = CheckName(agent, prefix); !good) return good.error();
  const Result<Source> source = Find(agent.policy);
  if (!source) return source.error();
  const fs::path versions = FolderOf(prefix, agent.provider, agent.type);
  const fs::path made = versions / ".new~";
  std::error_code error;
  fs::remove_all(made, error);
  fs::create_directories(made, error);
  if (error) return Failed(made, error);
  fs::copy(source->path, made / source->name, fs::copy_options::recursive, error);
  if (error) return Failed(made, error);
  // The copy is what will run.
  const Result<Inspected> policy = Inspect(made / source->name);
  if (!policy) {
    fs::remove_all(made, error);
    return policy.error();
  }
  const std::string& digest = policy->manifest.digest;
  if (const Outcome placed = PutInPlace(made, versions / digest); !placed) return placed.error();
  if (const Outcome linked = Link(digest, versions / kCurrent); !linked) return linked.error();
  const fs::path link = AgentsIn(prefix) / agent.provider / agent.type;
  fs::create_directories(link.parent_path(), error);
  if (error) return Failed(link.parent_path(), error);
  if (const Outcome linked = Link("../tidegate/policy", link); !linked) return linked.error();
  return policy->manifest;
}

}  // namespace tidegate::ocf
